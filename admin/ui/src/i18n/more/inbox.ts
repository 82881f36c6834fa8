import { feature } from "../features";

await feature({ en: () => import("./inbox.en"), zh: () => import("./inbox.zh") });
