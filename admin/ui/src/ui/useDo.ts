import { useMutation } from "@tanstack/react-query";
import { App } from "antd";
import { useSaying } from "./States";

/** useDo runs a change and says what went wrong, with the request id; the screen shows what went right. */
export function useDo<In, Out>(run: (input: In) => Promise<Out>, then?: (out: Out, input: In) => unknown) {
  const { message } = App.useApp();
  const say = useSaying();
  return useMutation({
    mutationFn: run,
    onSuccess: then,
    onError(error) {
      const { text, remedy, requestId } = say(error);
      message.error({ content: [text, remedy, requestId].filter(Boolean).join(" · "), duration: 8 });
    },
  });
}
