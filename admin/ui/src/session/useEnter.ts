import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError } from "@/api/errors";
import { type Credentials, signIn } from "@/api/signin";
import { queryClient } from "@/lib/query";
import { sessionQuery } from "./useSession";

/** useGo leads on to where one was going. */
export function useGo(): (next: string | undefined) => void {
  const navigate = useNavigate();
  return (next) => {
    // Only a path of this site; anything else could lead away.
    if (next?.startsWith("/") && !next.startsWith("//")) void navigate({ href: next });
    else void navigate({ to: "/" });
  };
}

/** useEnter signs in; asked is who was right so far and needs a code too. */
export function useEnter(next?: string) {
  const go = useGo();
  const [asked, setAsked] = useState<Credentials>();
  const enter = useMutation({
    mutationFn: (c: Credentials) => signIn({ ...c, email: c.email.trim() }),
    onSuccess: (session) => {
      queryClient.clear();
      queryClient.setQueryData(sessionQuery.queryKey, session);
      go(next);
    },
    onError: (error, c) => {
      if (error instanceof ApiError && error.code === "second_factor") setAsked(c);
    },
  });
  const back = () => {
    setAsked(undefined);
    enter.reset();
  };
  return { enter, asked, back };
}
