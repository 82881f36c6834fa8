import { feature } from "../features";

await feature({ en: () => import("./bots.en"), zh: () => import("./bots.zh") });
