import { feature } from "../features";

await feature({ en: () => import("./ring.en"), zh: () => import("./ring.zh") });
