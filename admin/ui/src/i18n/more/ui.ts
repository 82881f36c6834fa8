import { feature } from "../features";

await feature({ en: () => import("./ui.en"), zh: () => import("./ui.zh") });
