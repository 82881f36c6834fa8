import { useEffect } from "react";
import { follow } from "./follow";
import type { Socket } from "./socket";

let socket: Socket | undefined;

/** Who has a conversation open says so again this often. */
export const LOOKS_EVERY = 15_000;

/** say tells the hub what we do; lost when there is no connection, which is right for a signal. */
export const say: Socket["send"] = (frame) => socket?.send(frame);

/** useFeed keeps the cache equal to the hub while somebody is signed in. */
export function useFeed(): void {
  useEffect(() => {
    const link = follow();
    socket = link;
    return () => {
      link.stop();
      socket = undefined;
    };
  }, []);
}
