import { feature } from "../features";

await feature({ en: () => import("./contacts.en"), zh: () => import("./contacts.zh") });
