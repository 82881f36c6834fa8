import { feature } from "../features";

await feature({ en: () => import("./team.en"), zh: () => import("./team.zh") });
