import {
  AlarmClock,
  ArrowDown,
  ArrowUp,
  AtSign,
  Ban,
  Bot,
  CircleCheck,
  CircleCheckBig,
  Contact,
  CornerUpLeft,
  Eye,
  Filter,
  Flag,
  Hand,
  Inbox,
  Keyboard,
  Languages,
  ListTodo,
  LockOpen,
  type LucideIcon,
  Maximize2,
  MessageSquare,
  Mic,
  Paperclip,
  Plug,
  RotateCcw,
  Search,
  Send,
  Settings,
  Smile,
  SquareSlash,
  StickyNote,
  SunMoon,
  Tags,
  Trash2,
  Undo2,
  UserPlus,
  Users,
} from "lucide-react";

/** What a role may do, as the hub names it. */
export type Permission =
  | "conversation.read"
  | "conversation.reply"
  | "conversation.assign"
  | "contact.list"
  | "contact.write"
  | "contact.merge"
  | "contact.table"
  | "erase"
  | "note.write"
  | "attribute.write"
  | "bot.read"
  | "bot.write"
  | "bot.publish"
  | "account.write"
  | "link.read"
  | "link.write"
  | "trouble.read"
  | "trouble.write"
  | "tenant.write"
  | "agent.state"
  | "agent.write"
  | "routing.write"
  | "owner.write"
  | "team.write"
  | "hours.write"
  | "tag.write"
  | "block.read"
  | "block.write"
  | "canned.write"
  | "canned.share"
  | "view.write"
  | "view.share"
  | "token.read"
  | "token.write"
  | "audit.read";

/** The groups, as lists of actions show them. */
export const groups = ["go", "list", "conversation", "compose", "app"] as const;

export interface Action {
  /** Names it in the language files: `action.<id>`, and `search.<id>` for other words to find it by. */
  id: string;
  icon: LucideIcon;
  group: (typeof groups)[number];
  /** A chord "mod+k", a sequence "g i", or several of them. */
  keys?: string[];
  permission?: Permission;
  /** What calls it while writing, whatever its keys are. */
  sign?: string;
  /** Works while typing in a field too. */
  whileTyping?: boolean;
}

/** Everything that can be done, once: the palette, the key sheet, the menus and the keys all read this. */
export const actions = [
  { id: "palette", icon: Search, group: "app", keys: ["mod+k"], whileTyping: true },
  { id: "help", icon: Keyboard, group: "app", keys: ["?"] },
  { id: "goKeys", icon: Keyboard, group: "app" },
  { id: "undo", icon: Undo2, group: "app", keys: ["mod+z"] },
  { id: "theme", icon: SunMoon, group: "app" },
  { id: "language", icon: Languages, group: "app" },

  { id: "goInbox", icon: Inbox, group: "go", keys: ["g i"], permission: "conversation.read" },
  { id: "goMine", icon: Inbox, group: "go", keys: ["g m"], permission: "conversation.read" },
  { id: "goQueue", icon: Users, group: "go", keys: ["g u"], permission: "conversation.read" },
  {
    id: "find",
    icon: Search,
    group: "go",
    keys: ["s", "g f", "mod+shift+f"],
    permission: "conversation.read",
    whileTyping: true,
  },
  { id: "goWatch", icon: Eye, group: "go", keys: ["g w"], permission: "agent.state" },
  { id: "goContacts", icon: Contact, group: "go", keys: ["g c"], permission: "contact.list" },
  { id: "goBots", icon: Bot, group: "go", keys: ["g b"], permission: "bot.read" },
  { id: "goChannels", icon: Plug, group: "go", keys: ["g h"], permission: "link.read" },
  { id: "goSettings", icon: Settings, group: "go", keys: ["g s"] },

  { id: "next", icon: ArrowDown, group: "list", keys: ["j", "alt+j"] },
  { id: "previous", icon: ArrowUp, group: "list", keys: ["k", "alt+k"] },
  { id: "filter", icon: Filter, group: "list", keys: ["f"] },
  { id: "saveView", icon: Filter, group: "list", permission: "view.write" },
  { id: "select", icon: ListTodo, group: "list", keys: ["x"], permission: "conversation.assign" },
  {
    id: "selectRange",
    icon: ListTodo,
    group: "list",
    keys: ["shift+x"],
    permission: "conversation.assign",
  },
  { id: "selectAll", icon: ListTodo, group: "list", keys: ["* a"], permission: "conversation.assign" },
  { id: "unselect", icon: ListTodo, group: "list", keys: ["escape"], permission: "conversation.assign" },
  { id: "focus", icon: Maximize2, group: "list", keys: ["z"] },

  { id: "take", icon: Hand, group: "conversation", keys: ["i"], permission: "conversation.assign" },
  {
    id: "transfer",
    icon: CornerUpLeft,
    group: "conversation",
    keys: ["a"],
    permission: "conversation.assign",
  },
  { id: "snooze", icon: AlarmClock, group: "conversation", keys: ["h"], permission: "conversation.assign" },
  { id: "wake", icon: AlarmClock, group: "conversation", permission: "conversation.assign" },
  { id: "close", icon: CircleCheck, group: "conversation", keys: ["e"], permission: "conversation.assign" },
  {
    id: "closeNext",
    icon: CircleCheckBig,
    group: "conversation",
    keys: ["mod+alt+e"],
    permission: "conversation.assign",
    whileTyping: true,
  },
  { id: "reopen", icon: RotateCcw, group: "conversation", permission: "conversation.assign" },
  { id: "giveBack", icon: Undo2, group: "conversation", permission: "conversation.assign" },
  { id: "colleague", icon: UserPlus, group: "conversation", permission: "conversation.assign" },
  { id: "tags", icon: Tags, group: "conversation", keys: ["l"], permission: "conversation.assign" },
  {
    id: "priority",
    icon: Flag,
    group: "conversation",
    keys: ["p"],
    permission: "conversation.reply",
  },
  { id: "unblock", icon: LockOpen, group: "conversation", permission: "block.write" },
  { id: "block", icon: Ban, group: "conversation", permission: "block.write" },
  { id: "erase", icon: Trash2, group: "conversation", permission: "erase" },

  {
    id: "reply",
    icon: MessageSquare,
    group: "compose",
    keys: ["r", "alt+l"],
    permission: "conversation.reply",
  },
  { id: "note", icon: StickyNote, group: "compose", keys: ["n", "alt+p"], permission: "conversation.reply" },
  {
    id: "send",
    icon: Send,
    group: "compose",
    keys: ["mod+enter"],
    permission: "conversation.reply",
    whileTyping: true,
  },
  {
    id: "sendClose",
    icon: ListTodo,
    group: "compose",
    keys: ["mod+shift+enter"],
    permission: "conversation.reply",
    whileTyping: true,
  },
  {
    id: "attach",
    icon: Paperclip,
    group: "compose",
    keys: ["mod+alt+a"],
    permission: "conversation.reply",
    whileTyping: true,
  },
  {
    id: "record",
    icon: Mic,
    group: "compose",
    keys: ["mod+alt+v"],
    permission: "conversation.reply",
    whileTyping: true,
  },
  { id: "canned", icon: SquareSlash, group: "compose", permission: "conversation.reply", sign: "/" },
  { id: "mention", icon: AtSign, group: "compose", permission: "conversation.reply", sign: "@" },
  { id: "emoji", icon: Smile, group: "compose", permission: "conversation.reply", sign: ":" },
] as const satisfies readonly Action[];

export type ActionId = (typeof actions)[number]["id"];

export const action = (id: ActionId): Action => actions.find((a) => a.id === id)!;
