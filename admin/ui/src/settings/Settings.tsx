import { Link, useParams } from "@tanstack/react-router";
import {
  Bell,
  BellRing,
  Building2,
  CalendarClock,
  Clock,
  Keyboard,
  KeyRound,
  ListPlus,
  type LucideIcon,
  MonitorSmartphone,
  Route,
  ScrollText,
  ShieldBan,
  SquareSlash,
  Star,
  Tags as TagsIcon,
  UserRound,
  Users,
} from "lucide-react";
import { type ComponentType, lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { Permission } from "@/actions/table";
import { useCan } from "@/session/useSession";
import { Loading } from "@/ui/States";
import s from "./settings.module.css";
import "@/i18n/more/settings";

const page = (load: () => Promise<Record<string, ComponentType>>, name: string) =>
  lazy(() => load().then((m) => ({ default: m[name]! })));

interface Section {
  icon: LucideIcon;
  group: "own" | "team" | "business";
  permission?: Permission;
  Body: ComponentType;
}

/** Every section of settings, once: the list at the left and the addresses read this. */
const sections = {
  profile: { icon: UserRound, group: "own", Body: page(() => import("./Profile"), "Profile") },
  notifications: {
    icon: Bell,
    group: "own",
    Body: page(() => import("./Notifications"), "Notifications"),
  },
  keys: { icon: Keyboard, group: "own", Body: page(() => import("./Shortcuts"), "Shortcuts") },
  sessions: { icon: MonitorSmartphone, group: "own", Body: page(() => import("./Sessions"), "Sessions") },
  team: {
    icon: Users,
    group: "team",
    permission: "team.write",
    Body: page(() => import("@/team/Team"), "Team"),
  },
  routing: {
    icon: Route,
    group: "team",
    permission: "routing.write",
    Body: page(() => import("./Routing"), "Routing"),
  },
  hours: {
    icon: CalendarClock,
    group: "team",
    permission: "hours.write",
    Body: page(() => import("./Hours"), "Hours"),
  },
  canned: {
    icon: SquareSlash,
    group: "team",
    permission: "canned.write",
    Body: page(() => import("./Canned"), "Canned"),
  },
  tags: {
    icon: TagsIcon,
    group: "team",
    permission: "tag.write",
    Body: page(() => import("./Tags"), "Tags"),
  },
  attributes: {
    icon: ListPlus,
    group: "team",
    permission: "attribute.write",
    Body: page(() => import("./Attributes"), "AttributeList"),
  },
  business: {
    icon: Building2,
    group: "business",
    permission: "tenant.write",
    Body: page(() => import("./Business"), "Business"),
  },
  rating: {
    icon: Star,
    group: "business",
    permission: "tenant.write",
    Body: page(() => import("./Rating"), "Rating"),
  },
  alerts: {
    icon: BellRing,
    group: "business",
    permission: "tenant.write",
    Body: page(() => import("./Alerts"), "Alerts"),
  },
  blocks: {
    icon: ShieldBan,
    group: "business",
    permission: "block.read",
    Body: page(() => import("./Blocks"), "Blocks"),
  },
  tokens: {
    icon: KeyRound,
    group: "business",
    permission: "token.read",
    Body: page(() => import("./Tokens"), "Tokens"),
  },
  audit: {
    icon: ScrollText,
    group: "business",
    permission: "audit.read",
    Body: page(() => import("./Audit"), "AuditList"),
  },
} satisfies Record<string, Section>;
type Name = keyof typeof sections;

const groups = ["own", "team", "business"] as const;

/** Settings is the list of sections and the one chosen; what the role may not do is not there. */
export function Settings() {
  const { t } = useTranslation();
  const can = useCan();
  const { section } = useParams({ strict: false }) as { section?: string };
  const open = section && section in sections ? (section as Name) : undefined;
  const all = (Object.entries(sections) as [Name, Section][]).filter(([, x]) => can(x.permission));
  const active: Name = open ?? "profile";
  const { Body } = sections[active];
  return (
    <div className={s.settings} data-open={open ? "" : undefined}>
      <nav className={s.nav} aria-label={t("place.settings")}>
        <h2>{t("place.settings")}</h2>
        {groups.map((group) => {
          const here = all.filter(([, x]) => x.group === group);
          if (here.length === 0) return null;
          return (
            <div key={group}>
              <h3>{t(`settings.group_${group}`)}</h3>
              {here.map(([name, { icon: Icon }]) => (
                <Link
                  key={name}
                  to="/settings/$section"
                  params={{ section: name }}
                  aria-current={name === active ? "page" : undefined}
                >
                  <Icon aria-hidden />
                  {t(`settings.${name}`)}
                </Link>
              ))}
            </div>
          );
        })}
        <p className={s.hint}>
          <Clock aria-hidden />
          {t("settings.atOnce")}
        </p>
      </nav>
      <div className={s.body}>
        <Suspense fallback={<Loading rows={5} />}>
          <Body />
        </Suspense>
      </div>
    </div>
  );
}
