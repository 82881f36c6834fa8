import { feature } from "../features";

await feature({ en: () => import("./keys.en"), zh: () => import("./keys.zh") });
