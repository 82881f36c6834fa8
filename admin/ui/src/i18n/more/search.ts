import { feature } from "../features";

await feature({ en: () => import("./search.en"), zh: () => import("./search.zh") });
