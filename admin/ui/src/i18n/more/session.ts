import { feature } from "../features";

await feature({ en: () => import("./session.en"), zh: () => import("./session.zh") });
