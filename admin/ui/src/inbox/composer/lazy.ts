/** What the inbox loads when a channel takes a message otherwise than it was written. */
export { Elsewhere } from "../thread/Elsewhere";
export { Preview } from "./Preview";
export { Shut } from "./Shut";
