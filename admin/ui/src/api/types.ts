/** The things the hub keeps, as the API writes them. Times are RFC 3339. */
import type { Content } from "./canon";
import type { Preferences } from "./preferences";

export type ID = string;
export type Role = "owner" | "admin" | "supervisor" | "agent" | "limited" | "designer" | "bot";
export type AgentState = "online" | "busy" | "away" | "invisible" | "offline";
export type Words = { en: string; zh: string };

export interface TenantSettings {
  wide_load: boolean;
  idle_close: number;
  silent_close: number;
  require_tag: boolean;
  recall_within: number;
  live_typing: boolean;
  handoff_line?: string;
  off_hours_line?: string;
  hide_address: boolean;
  require_second_factor: boolean;
  max_file: number;
  rating?: RatingSettings;
  goals?: Goals;
}

/** Within how many minutes of opening hours people answer; 0 or none: nothing is promised. */
export interface Goals {
  /** Until the first reply of a person. */
  first?: number;
  /** Until every later reply. */
  next?: number;
  /** Until it is closed, without the time the customer takes. */
  resolved?: number;
}

/** How customers are asked how content they are; what is left out is built in. */
export interface RatingSettings {
  on: boolean;
  after?: "person" | "bot" | "both";
  scale?: "faces" | "stars";
  /** Days in which the same customer is not asked again. */
  every: number;
  question?: Words;
  thanks?: Words;
  reasons?: Words[];
}

export interface Rating {
  conversation: ID;
  contact: ID;
  account: ID;
  team?: ID;
  agent?: ID;
  bot?: ID;
  asked: string;
  /** 1 to 5; 0 while there is no answer. */
  score: number;
  reason?: string;
  way?: "press" | "words" | "page";
  answered?: string;
}

export interface Tenant {
  id: ID;
  slug: string;
  name: string;
  language: string;
  hours?: ID;
  settings: TenantSettings;
  created: string;
}

export interface Agent {
  id: ID;
  email: string;
  name: string;
  avatar?: ID;
  role: Role;
  language: string;
  time_zone?: string;
  state: AgentState;
  state_at?: string;
  max_load: number;
  load: number;
  teams: ID[];
  created: string;
  disabled?: string;
}

export interface Session {
  agent: Agent;
  tenant: Tenant;
  preferences: Preferences;
  permissions: string[];
  /** The newest entry of the feed before anything was read. */
  seq: number;
  /** Nothing else is answered until this person has set one up. */
  second_factor_missing: boolean;
}

/** One's own second factor; people read of two-step sign-in. */
export interface SecondFactor {
  on: boolean;
  since?: string;
  recovery_codes: number;
  required: boolean;
}

export interface NewSecondFactor {
  secret: string;
  uri: string;
  expires: string;
}

/** How a colleague signs in. */
export interface Access {
  agent: ID;
  password: boolean;
  second_factor?: string;
  link?: string;
}

export interface PasswordLink {
  url: string;
  expires: string;
  invitation: boolean;
  /** Where it was mailed from; absent: it was not. */
  mailed_from?: string;
  mail_trouble?: string;
}

export interface LinkedPerson {
  name: string;
  email: string;
  business: string;
  invitation: boolean;
  expires: string;
}

export interface OwnSession {
  id: ID;
  created: string;
  seen: string;
  expires: string;
  address?: string;
  browser?: string;
  current: boolean;
}

export interface Team {
  id: ID;
  name: string;
  hours?: ID;
  members: ID[];
  queued: number;
  created: string;
  rating?: "on" | "off";
  /** What its customers are promised; none: what the business promises. */
  goals?: Goals;
}

export type Health = "unknown" | "good" | "poor" | "bad";

export interface LinkState {
  health: Health;
  code?: string;
  text?: Words;
  remedy?: Words;
  at?: string;
  /** When the credentials run out. */
  expires?: string;
  last_in?: string;
  last_out?: string;
}

export interface Account {
  id: ID;
  link: ID;
  kind: string;
  name: string;
  remote_id: string;
  bot?: ID;
  team?: ID;
  paused: boolean;
  /** Authorised at its platform's own page, where more accounts of its link come from. */
  authorises?: boolean;
  lists?: boolean;
  state: LinkState;
  created: string;
}

export interface Link {
  id: ID;
  kind: string;
  name: string;
  config: Record<string, string>;
  secrets: string[];
  hook_url: string;
  state: LinkState;
  paused: boolean;
  created: string;
}

export interface FormField {
  name: string;
  kind: "text" | "secret" | "url" | "host" | "number" | "switch" | "choice" | "list";
  label: Words;
  help?: Words;
  /** The platform's page on this value, where it is another than the form's. */
  docs?: string;
  default?: string;
  example?: string;
  required: boolean;
  advanced: boolean;
  /** Changed on a page of its own, not in the form. */
  apart?: boolean;
  /** Left empty, the hub makes it up. */
  generate?: boolean;
  pattern?: string;
  min?: number;
  max?: number;
  options?: { value: string; label: Words }[];
  when?: string;
  when_in?: string[];
}

export type Level = "full" | "partial" | "degrade" | "drop" | "reject";

export interface Capabilities {
  parts: Record<string, Level>;
  ops: Record<string, Level>;
  text: { max: number; unit: "bytes" | "runes" | "utf16" | "graphemes" | "" };
  subject?: { max: number };
  html: boolean;
  media: Record<string, { mime: string[] | null; bytes: number; duration_ns: number }>;
  choices: { quick: number; buttons: number; list: number };
  window: { for_ns: number; messages: number; closes?: string; left?: number };
  quota: { limit: number; used: number; ends?: string };
  receipts: string[] | null;
}

export interface Connector {
  kind: string;
  name: Words;
  help: Words;
  row: "china" | "world" | "own";
  form: { fields: FormField[]; docs?: string };
  capabilities: Capabilities;
  needs_https: boolean;
  /** One set of settings may carry several accounts. */
  many_accounts: boolean;
  /** False where it needs https and this hub has none. */
  usable?: boolean;
  docs?: string;
  /** What its console asks for where that is more than one callback address. */
  callbacks?: { path: string; name: Words; help: Words }[];
}

export interface Check {
  name: Words;
  ok: boolean;
  detail?: Words;
  remedy?: Words;
  took_ns: number;
}

export type Status = "bot" | "queue" | "agent" | "closed";

export interface Owner {
  kind: Status;
  id?: ID;
  team?: ID;
  name?: string;
}

export interface Reason {
  code: string;
  text?: string;
  steps?: Step[];
}

/** Step is one thing that was tried while an owner was looked for, with the names of that time. */
export interface Step {
  code: string;
  account?: string;
  bot?: string;
  team?: string;
  agent?: string;
  /** What an older hub kept. */
  words?: string;
}

export interface Visit {
  page?: string;
  title?: string;
  referrer?: string;
  campaign?: { source?: string; medium?: string; name?: string; term?: string; content?: string };
  engine?: string;
  keyword?: string;
  browser?: string;
  system?: string;
  device?: string;
  /** Of an application: the device's model, its mobile network and the application itself. */
  model?: string;
  carrier?: string;
  app?: string;
  address?: string;
  language?: string;
  time_zone?: string;
  screen?: string;
  trail?: { url: string; title?: string; at: string }[];
  /** What the customer was asked before the chat, each with the question as they read it. */
  answers?: { name: string; label?: string; value: string }[];
}

export interface Entry {
  kind: string;
  value: string;
  title?: string;
  url?: string;
}

export type Priority = "high" | "urgent";

export interface Conversation {
  id: ID;
  thread: ID;
  account: ID;
  contact: ID;
  owner: Owner;
  lease: number;
  subject?: string;
  locale?: string;
  tags: ID[];
  colleagues: ID[];
  unread: number;
  last_at: string;
  last_from?: string;
  last_text?: string;
  waiting_since?: string;
  /** Until when somebody shall answer or close it; none while no clock runs. */
  due?: string;
  due_for?: "first" | "next" | "resolved";
  /** Minutes of opening hours that the goal gives. */
  due_within?: number;
  trouble: boolean;
  created: string;
  queued?: string;
  picked?: string;
  replied?: string;
  closed?: string;
  close_by?: string;
  entry?: Entry;
  visit?: Visit;
  reason?: Reason;
  snooze?: Snooze;
  place?: number;
  /** How the customer rated it, 1 to 5. */
  score?: number;
  /** How urgent agents say it is; none: as any. */
  priority?: Priority;
}

/** A conversation of an agent out of sight until a time, or without one until the customer writes. */
export interface Snooze {
  until?: string;
  by?: ID;
  at: string;
  why?: string;
}

/** Of several values of one field any fits; of several fields all have to. */
export interface Filter {
  status?: (Status | "open" | "snoozed")[];
  owner?: string[];
  account?: ID[];
  team?: string[];
  tag?: ID[];
  language?: string[];
  /** none is as any. */
  priority?: (Priority | "none")[];
  /** For how many minutes a customer waits at least. */
  wait?: number;
  /** Only what should have been answered by now; not together with wait. */
  overdue?: boolean;
  sort?: Sort;
}

/** waiting: only where a customer waits. due: only where a clock runs, the nearest first. priority: the most urgent first, of those the newest. */
export type Sort = "newest" | "waiting" | "due" | "priority";

export interface SavedView {
  id: ID;
  /** Whose; none: shared. */
  owner?: ID;
  roles: Role[];
  name: string;
  icon: string;
  color: string;
  filter: Filter;
  place: number;
  created: string;
  updated: string;
}

export interface BulkAct {
  kind: "assign" | "tag" | "untag" | "close" | "snooze" | "wake";
  agent?: ID;
  team?: ID;
  bot?: ID;
  tags?: ID[];
  until?: string;
  note?: string;
}

/** One act on many conversations, done one after the other. */
export interface Bulk {
  id: ID;
  by: ID;
  act: BulkAct;
  state: "running" | "done" | "cancelled";
  total: number;
  done: number;
  failed: number;
  created: string;
  ended?: string;
}

/** Row is a conversation as lists carry it: with whom and through what. */
export interface Row {
  conversation: Conversation;
  contact: { id: ID; name: string; avatar?: ID };
  account: { id: ID; name: string; kind: string };
}

export interface OwnerChange {
  lease: number;
  at: string;
  from: Owner;
  to: Owner;
  by?: ID;
  reason: Reason;
}

export type Delivery =
  | "held"
  | "queued"
  | "sending"
  | "sent"
  | "delivered"
  | "read"
  | "failed"
  | "unconfirmed"
  | "cancelled";

export type From = "customer" | "bot" | "agent" | "system" | "note" | "event";

export interface Failure {
  class: string;
  code?: string;
  text: string;
  remedy?: string;
  tries: number;
}

/** Elsewhere is another conversation with the same person, and why there is one. */
export interface Elsewhere {
  conversation: ID;
  account: ID;
  kind: string;
  name: string;
  address?: string;
  why: "shut" | "chosen";
}

export interface Message {
  id: ID;
  thread: ID;
  conversation: ID;
  pos: number;
  rev: number;
  from: From;
  sender?: ID;
  name?: string;
  at: string;
  content: Content;
  state?: Delivery;
  failure?: Failure;
  edited?: string;
  recalled?: string;
  reactions?: { emoji: string; from: From; by?: ID }[];
  event?: {
    kind: string;
    owner?: OwnerChange;
    detail?: string;
    says?: Words;
    score?: number;
    other?: Elsewhere;
    until?: string;
  };
  /** Colleagues a note names. */
  mentions?: ID[];
  why?: { bot: ID; rule?: string; name?: string; match?: string; text?: string };
}

export interface Contact {
  id: ID;
  name: string;
  avatar?: ID;
  locale?: string;
  phone?: string;
  email?: string;
  external_id?: string;
  attributes?: Record<string, string>;
  tags: ID[];
  blocked: boolean;
  created: string;
  updated: string;
  seen?: string;
}

export interface Attribute {
  id: ID;
  key: string;
  name: string;
  kind: "text" | "number" | "date" | "choice" | "yes_no";
  options: string[];
  pos: number;
}

export interface Identity {
  id: ID;
  contact: ID;
  account: ID;
  remote_id: string;
  name?: string;
  verified: boolean;
  created: string;
}

export interface Tag {
  id: ID;
  scope: "conversation" | "contact";
  name: string;
  color?: string;
}

export interface Block {
  id: ID;
  kind: "contact" | "address";
  contact?: ID;
  prefix?: string;
  reason: string;
  by?: ID;
  created: string;
  expires?: string;
  hits: number;
}

export interface Canned {
  id: ID;
  owner?: ID;
  shortcut: string;
  title: string;
  body: string;
  folder?: string;
  uses: number;
}

export interface Token {
  id: ID;
  name: string;
  role: Role;
  prefix: string;
  created: string;
  last_used?: string;
  expires?: string;
}

export interface Audit {
  n: number;
  at: string;
  actor?: ID;
  name: string;
  action: string;
  target?: string;
  detail?: string;
  address?: string;
}

export interface Period {
  from: number;
  to: number;
}

export interface Holiday {
  date: string;
  name?: string;
  periods?: Period[];
}

export interface Calendar {
  id: ID;
  name: string;
  time_zone: string;
  week: Period[][];
  holidays: Holiday[];
}

export interface Bot {
  id: ID;
  kind: string;
  name: string;
  published: number;
  changed: boolean;
  draft?: unknown;
  draft_rev: number;
  created: string;
  updated: string;
}

export interface BotVersion {
  bot: ID;
  version: number;
  by?: ID;
  note?: string;
  at: string;
}

export interface Missed {
  n: number;
  bot: ID;
  conversation: ID;
  message: ID;
  text: string;
  at: string;
}

export interface Tallies {
  mine: number;
  queue: Record<string, { n: number; longest_waiting_since?: string }>;
  bot: number;
  agent: number;
  snoozed: number;
  unread: number;
  mentions: number;
}

/** Mention is a note that names us; without its row it left our sight. */
export interface Mention {
  message: ID;
  pos: number;
  unread: boolean;
  at: string;
  name?: string;
  text?: string;
  row?: Row;
}

export interface StoredFile {
  id: ID;
  name: string;
  mime: string;
  size: number;
  url: string;
}

export interface FeedEntry {
  seq: number;
  kind: string;
  at: string;
  actor?: ID;
  conversation?: ID;
  subject?: ID;
  data?: unknown;
}

export interface List<T> {
  items: T[];
  next: string | null;
}

export interface FieldProblem {
  field?: string;
  detail: string;
  remedy?: string;
}

export interface Problem {
  type?: string;
  title?: string;
  status: number;
  code: string;
  detail: string;
  field?: string;
  remedy?: string;
  request_id?: string;
  errors?: FieldProblem[];
}
