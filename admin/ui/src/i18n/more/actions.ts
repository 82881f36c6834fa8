import { feature } from "../features";

await feature({ en: () => import("./actions.en"), zh: () => import("./actions.zh") });
