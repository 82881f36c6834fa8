/** What every opening of the inbox loads once the thread is there, in one file: whoever draws one of these waits for all. */
export { Strip } from "./accounts/Strip";
export { Card } from "./contacts/Card";
export { emoji, findEmoji } from "./inbox/composer/emoji";
export { History } from "./inbox/context/History";
export { HowItCame } from "./inbox/context/HowItCame";
export { ListTools } from "./inbox/list/ListTools";
export { Told } from "./inbox/mentions/Told";
export { SavedViews } from "./inbox/views/SavedViews";
export { Ring } from "./ring/Ring";
