import { body, client, items } from "./client";
import type { components } from "./schema";
import type { Account, Connector, Failure, ID, Link, LinkState, List } from "./types";

type Schemas = components["schemas"];

const by = (id: ID) => ({ params: { path: { id } } });
const at = "/api/v1/accounts/{id}";

export async function listConnectors(): Promise<Connector[]> {
  return items(client.GET("/api/v1/connectors", {}));
}
export async function listAccounts(): Promise<Account[]> {
  return items(client.GET("/api/v1/accounts", { params: { query: { limit: 200 } } }));
}
export const getAccount = (id: ID): Promise<Linked> => body(client.GET(at, by(id)));

export interface Linking {
  connector: string;
  name: string;
  config: Record<string, string>;
  bot?: ID;
  team?: ID;
}
export type Linked = Account & { link_id: ID; hook_url?: string };
/** generated are secrets the hub made up for fields left empty, shown this once. */
export type NewlyLinked = Linked & { generated?: Record<string, string> };
export const linkAccount = (input: Linking): Promise<NewlyLinked> =>
  body(client.POST("/api/v1/accounts", { body: input }));
/** checkForm tells what does not fit in a form, as far as it is filled in; link is whose form is changed. */
export const checkForm = async (
  connector: string,
  config: Record<string, string>,
  link?: ID,
): Promise<Schemas["FormProblem"][]> =>
  (
    await body<Schemas["FormCheck"]>(
      client.POST("/api/v1/accounts/check", { body: { connector, config, link } }),
    )
  ).problems ?? [];
export type AccountChange = { name?: string; bot?: ID | ""; team?: ID | ""; paused?: boolean };
export const saveAccount = (id: ID, change: AccountChange): Promise<Account> =>
  body(client.PATCH(at, { ...by(id), body: change }));
export const deleteAccount = (id: ID): Promise<unknown> => body(client.DELETE(at, by(id)));

export type AccountHealth = LinkState &
  Pick<Schemas["AccountHealth"], "hour" | "day" | "hours" | "waiting" | "window" | "quota">;
export const getHealth = (id: ID): Promise<AccountHealth> =>
  body(client.GET(`${at}/health` as const, by(id)));

export type Alert = Schemas["Alert"];
export type AlertSettings = Schemas["ShownAlertSettings"];
export const listAlerts = (): Promise<List<Alert>> => body(client.GET("/api/v1/alerts", {}));
export const getAlertSettings = (): Promise<AlertSettings> => body(client.GET("/api/v1/alerts/settings", {}));
export const saveAlertSettings = (input: {
  mail: string[];
  mail_account?: ID;
  webhook?: string;
  new_secret?: boolean;
}): Promise<AlertSettings> => body(client.PUT("/api/v1/alerts/settings", { body: input }));
export const testAlert = (): Promise<Alert> => body(client.POST("/api/v1/alerts/test", {}));

export type Replayed = Schemas["Replayed"];
export const replayCallbacks = (id: ID, days: number, dry: boolean): Promise<Replayed> =>
  body(client.POST(`${at}/callbacks/replay` as const, { ...by(id), body: { days, dry } }));

export type Menu = Schemas["AccountMenu"];
export type MenuItem = Schemas["MenuItem"];
export const getMenu = (id: ID): Promise<Menu> => body(client.GET(`${at}/menu` as const, by(id)));
export const saveMenu = (id: ID, menu: Pick<Menu, "items" | "bar" | "picture">): Promise<unknown> =>
  body(client.PUT(`${at}/menu` as const, { ...by(id), body: menu }));
export const menuPictureURL = (id: ID, version: number): string =>
  `/api/v1/accounts/${id}/menu/picture?v=${version}`;

/** A page of the platform's to open in this browser. */
export interface AuthorisationPage {
  url: string;
  expires: string;
}
export interface AccountChoice {
  state: string;
  accounts: { remote_id: string; name: string; linked: boolean }[];
}
export interface Authorised {
  account: Linked;
  expected: boolean;
  more: Linked[];
  /** Nothing is linked yet: it covers several accounts, of which to choose. */
  choice?: AccountChoice;
}
export const beginAuthorisation = (id: ID, another: boolean): Promise<AuthorisationPage> =>
  body(client.POST(`${at}/authorisation` as const, { ...by(id), body: { another } }));
export const endAuthorisation = (state: string, returned: Record<string, string>): Promise<Authorised> =>
  body(client.POST("/api/v1/authorisations", { body: { state, returned } }));
export const listChoice = (id: ID): Promise<AccountChoice> =>
  body(client.POST(`${at}/choice` as const, by(id)));
export const chooseAccounts = (state: string, accounts: string[]): Promise<Authorised> =>
  body(client.POST("/api/v1/authorisations/choice", { body: { state, accounts } }));

export const getLink = (id: ID): Promise<Link> => body(client.GET("/api/v1/links/{id}", by(id)));
export const saveLink = (
  id: ID,
  change: { name?: string; config?: Record<string, string>; paused?: boolean },
): Promise<Link> => body(client.PATCH("/api/v1/links/{id}", { ...by(id), body: change }));

export type Sighting = Schemas["Sighting"];
export const listSightings = (id: ID): Promise<{ items: Sighting[] }> =>
  body(client.GET(`${at}/sightings` as const, by(id)));

export interface Unrouted {
  n: number;
  link: ID;
  account: string;
  at: string;
  from?: string;
  text?: string;
}
export interface DeadLetter {
  n: number;
  kind: "inbox" | "outbox";
  at: string;
  account?: ID;
  conversation?: ID;
  message?: ID;
  from?: string;
  text?: string;
  state: string;
  failure?: Failure;
  trouble?: string;
  tries: number;
}
export interface Callback {
  n: number;
  at: string;
  account?: ID;
  state: "waiting" | "handled" | "dead" | "unrouted" | "blocked" | "refused";
  size: number;
  body?: string;
  trouble?: string;
}

export const listUnrouted = (): Promise<List<Unrouted>> => body(client.GET("/api/v1/unrouted", {}));
export const linkUnrouted = (n: number): Promise<unknown> =>
  body(client.POST("/api/v1/unrouted/{n}/link", { params: { path: { n } }, body: {} }));
export const listDeadLetters = (kind: "inbox" | "outbox", cursor?: string): Promise<List<DeadLetter>> =>
  body(client.GET("/api/v1/dead-letters", { params: { query: { kind, cursor } } }));
export const replayDeadLetter = (kind: "inbox" | "outbox", n: number): Promise<unknown> =>
  body(client.POST("/api/v1/dead-letters/{kind}/{n}/replay", { params: { path: { kind, n } } }));
export const dropDeadLetter = (kind: "inbox" | "outbox", n: number): Promise<unknown> =>
  body(client.DELETE("/api/v1/dead-letters/{kind}/{n}", { params: { path: { kind, n } } }));
export const listCallbacks = (id: ID): Promise<List<Callback>> =>
  body(client.GET(`${at}/callbacks` as const, by(id)));
export const replayCallback = (id: ID, n: number): Promise<unknown> =>
  body(client.POST(`${at}/callbacks/{n}/replay` as const, { params: { path: { id, n } } }));
