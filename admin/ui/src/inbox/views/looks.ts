import {
  CircleAlert,
  Clock,
  Flag,
  Globe,
  Heart,
  LayoutList,
  type LucideIcon,
  Star,
  Tag,
  Users,
  Zap,
} from "lucide-react";

/** The icons a saved view may have, by the name that is stored. */
export const viewIcons = {
  list: LayoutList,
  star: Star,
  flag: Flag,
  clock: Clock,
  zap: Zap,
  users: Users,
  globe: Globe,
  tag: Tag,
  heart: Heart,
  alert: CircleAlert,
} as const satisfies Record<string, LucideIcon>;

export type ViewIcon = keyof typeof viewIcons;
export const iconOf = (name: string): LucideIcon => viewIcons[name as ViewIcon] ?? LayoutList;
