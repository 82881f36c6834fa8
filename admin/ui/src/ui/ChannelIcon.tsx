import {
  Globe,
  type LucideIcon,
  Mail,
  MessageCircle,
  MessagesSquare,
  Send,
  Smartphone,
  Webhook,
} from "lucide-react";

const icons: Record<string, LucideIcon> = {
  web: Globe,
  email: Mail,
  http: Webhook,
  telegram: Send,
  whatsapp: Smartphone,
  whatsappcloud: Smartphone,
  line: MessageCircle,
  wechat: MessagesSquare,
  wechatkf: MessagesSquare,
  wechatmini: MessagesSquare,
  wechatopen: MessagesSquare,
  wecom: MessagesSquare,
  wecomsuite: MessagesSquare,
};

export function ChannelIcon({ kind, size }: { kind: string; size?: number }) {
  const Icon = icons[kind] ?? MessageCircle;
  return <Icon aria-hidden {...(size ? { style: { width: size, height: size } } : {})} />;
}
