import { feature } from "../features";

await feature({ en: () => import("./settings.en"), zh: () => import("./settings.zh") });
