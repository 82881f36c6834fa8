import { feature } from "../features";

await feature({ en: () => import("./watch.en"), zh: () => import("./watch.zh") });
