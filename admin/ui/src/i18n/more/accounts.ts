import { feature } from "../features";

await feature({ en: () => import("./accounts.en"), zh: () => import("./accounts.zh") });
