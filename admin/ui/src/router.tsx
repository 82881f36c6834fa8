import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { ApiError } from "./api/errors";
import { setupNeeded } from "./api/session";
import type { Sort } from "./api/types";
// Whoever opens this opens the inbox: it comes with the first file, not after it.
import { Frame } from "./frame/Frame";
import { asLanguage, speak } from "./i18n";
import { Inbox } from "./inbox/Inbox";
import { sorts } from "./inbox/views/query";
import { queryClient } from "./lib/query";
import { setZone } from "./lib/time";
import { sessionQuery } from "./session/useSession";

const root = createRootRoute({ component: Outlet });

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  // Closed for good once there is an owner; where the hub cannot say, the form will.
  beforeLoad: async () => {
    const { needed } = await setupNeeded().catch(() => ({ needed: true }));
    if (!needed) throw redirect({ to: "/signin", search: {} });
  },
  component: lazyRouteComponent(() => import("./setup/Setup"), "Setup"),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/signin",
  validateSearch: (s: Record<string, unknown>): { next?: string } => ({ next: text(s.next) }),
  component: lazyRouteComponent(() => import("./session/SignIn"), "SignIn"),
});

const choosePassword = createRoute({
  getParentRoute: () => root,
  path: "/password",
  component: lazyRouteComponent(() => import("./session/ChoosePassword"), "ChoosePassword"),
});

const forgot = createRoute({
  getParentRoute: () => root,
  path: "/password/forgot",
  component: lazyRouteComponent(() => import("./session/Forgot"), "Forgot"),
});

/** For who is signed in and has to set up a second factor before anything else. */
const twoStep = createRoute({
  getParentRoute: () => root,
  path: "/two-step",
  validateSearch: (s: Record<string, unknown>): { next?: string } => ({ next: text(s.next) }),
  beforeLoad: async () => {
    const session = await queryClient.ensureQueryData(sessionQuery).catch(() => undefined);
    if (!session) throw redirect({ to: "/signin", search: {} });
    if (!session.second_factor_missing) throw redirect({ to: "/" });
  },
  component: lazyRouteComponent(() => import("./session/TwoStep"), "TwoStep"),
});

/** Everything behind sign-in. */
const frame = createRoute({
  getParentRoute: () => root,
  id: "frame",
  beforeLoad: async ({ location }) => {
    try {
      const { agent, second_factor_missing } = await queryClient.ensureQueryData(sessionQuery);
      if (second_factor_missing) throw redirect({ to: "/two-step", search: { next: onward(location.href) } });
      setZone(agent.time_zone);
      const language = asLanguage(agent.language);
      if (language && language !== document.documentElement.lang.slice(0, 2)) await speak(language);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      const { needed } = await setupNeeded().catch(() => ({ needed: false }));
      if (needed) throw redirect({ to: "/setup" });
      throw redirect({ to: "/signin", search: { next: onward(location.href) } });
    }
  },
  component: Frame,
  errorComponent: lazyRouteComponent(() => import("./frame/Broken"), "Broken"),
});

const home = createRoute({
  getParentRoute: () => frame,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/inbox/$view", params: { view: "mine" } });
  },
});

/** What narrows a view; several values are parted by commas. */
export interface InboxSearch {
  status?: string;
  owner?: string;
  team?: string;
  account?: string;
  tag?: string;
  language?: string;
  priority?: string;
  wait?: number;
  overdue?: boolean;
  sort?: Sort;
}

const inbox = createRoute({
  getParentRoute: () => frame,
  path: "/inbox/$view",
  validateSearch: (s: Record<string, unknown>): InboxSearch => ({
    status: text(s.status),
    owner: text(s.owner),
    team: text(s.team),
    account: text(s.account),
    tag: text(s.tag),
    language: text(s.language),
    wait: Number(s.wait) > 0 ? Math.floor(Number(s.wait)) : undefined,
    overdue: s.overdue === true || undefined,
    priority: text(s.priority),
    sort: sorts.find((x) => x === s.sort),
  }),
  component: Inbox,
});

const conversation = createRoute({ getParentRoute: () => inbox, path: "$conversation" });

const page = <P extends string>(path: P, load: () => Promise<unknown>, name: string) =>
  createRoute({
    getParentRoute: () => frame,
    path,
    // biome-ignore lint/suspicious/noExplicitAny: the module's one component, named
    component: lazyRouteComponent(load as () => Promise<any>, name),
  });

const search = createRoute({
  getParentRoute: () => frame,
  path: "/search",
  validateSearch: (s: Record<string, unknown>): { q?: string } => ({ q: text(s.q) }),
  component: lazyRouteComponent(() => import("./search/Search"), "Search"),
});

export interface ContactsSearch {
  q?: string;
  tag?: string;
  account?: string;
}

const contacts = createRoute({
  getParentRoute: () => frame,
  path: "/contacts",
  validateSearch: (s: Record<string, unknown>): ContactsSearch => ({
    q: text(s.q),
    tag: text(s.tag),
    account: text(s.account),
  }),
  component: lazyRouteComponent(() => import("./contacts/Contacts"), "Contacts"),
});
const contact = page("/contacts/$id", () => import("./contacts/ContactPage"), "ContactPage");
const bots = page("/bots", () => import("./bots/Bots"), "Bots");
const bot = page("/bots/$id/$tab", () => import("./bots/BotPage"), "BotPage");
const channels = page("/channels", () => import("./accounts/Channels"), "Channels");
const gallery = page("/channels/link", () => import("./accounts/Gallery"), "Gallery");
const linking = page("/channels/link/$kind", () => import("./accounts/Linking"), "Linking");
const trouble = page("/channels/trouble", () => import("./accounts/Trouble"), "Trouble");
const account = page("/channels/a/$id", () => import("./accounts/AccountPage"), "AccountPage");
const widget = page("/channels/a/$id/widget", () => import("./accounts/widget/WidgetPage"), "WidgetPage");
const comeBack = page("/channels/return", () => import("./accounts/Return"), "Return");
const watch = page("/watch", () => import("./watch/Watch"), "Watch");
const settings = page("/settings", () => import("./settings/Settings"), "Settings");
const section = page("/settings/$section", () => import("./settings/Settings"), "Settings");

/** onward is where to go on afterwards; the first page needs no mention. */
function onward(href: string): string | undefined {
  return href === "/" ? undefined : href;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value ? value : undefined;
}

export const router = createRouter({
  routeTree: root.addChildren([
    setup,
    signIn,
    choosePassword,
    forgot,
    twoStep,
    frame.addChildren([
      home,
      inbox.addChildren([conversation]),
      search,
      contacts,
      contact,
      bots,
      bot,
      channels,
      gallery,
      linking,
      trouble,
      comeBack,
      account,
      watch,
      widget,
      settings,
      section,
    ]),
  ]),
  defaultPreload: "intent",
  defaultNotFoundComponent: lazyRouteComponent(() => import("./frame/NotFound"), "NotFound"),
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
