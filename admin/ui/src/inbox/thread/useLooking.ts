import { useEffect } from "react";
import type { ID } from "@/api/types";
import { useLive } from "@/live/store";
import { LOOKS_EVERY, say } from "@/live/useFeed";

/**
 * useLooking tells the others that one has a conversation open. It is said again on every new connection: the
 * hub answers with what the customer has in the box.
 */
export function useLooking(id: ID): void {
  const connected = useLive((l) => l.state === "open");
  useEffect(() => {
    if (!connected) return;
    const look = () => say({ type: "looking", conversation: id });
    look();
    const again = setInterval(look, LOOKS_EVERY);
    return () => {
      clearInterval(again);
      say({ type: "looking", conversation: null });
    };
  }, [id, connected]);
}
