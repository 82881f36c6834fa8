/** What the inbox loads when a channel takes a message otherwise than it was written, or somebody writes a note. */
export { Elsewhere } from "../thread/Elsewhere";
export { named, offer, sees } from "./mention";
export { Preview } from "./Preview";
export { Shut } from "./Shut";
