/** What the composer loads when a channel takes a message otherwise than it was written. */
export { Preview } from "./Preview";
export { Shut } from "./Shut";
