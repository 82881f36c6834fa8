import i18next from "i18next";

/** What only the pages of authorisations say: it comes with them, not with the first page. */
export const en = {
  title: "Authorisation",
  lead: "The account's administrator agrees on a page of the platform's, which leads back here.",
  leadAgain:
    "Authorise this account again after it took its authorisation back or gave other permissions, or add another account.",
  begin: "Authorise",
  again: "Authorise again",
  another: "Authorise another account",
  leaving: "Taking you to the platform…",
  follow: "Open it yourself",
  waiting: "Ending the authorisation",
  waitingHelp: "The hub takes up what the platform gave.",
  done: "{{name}} is authorised",
  unexpected: "Another account was authorised than the one you began with. That one is as it was.",
  failed: "Not authorised",
  empty: "The platform led back without saying for what. Open the account and begin again.",
};

export const zh: typeof en = {
  title: "平台授权",
  lead: "由账号管理员在平台页面确认授权，完成后自动返回此处。",
  leadAgain: "取消授权或变更权限后，可重新授权此账号；也可以授权接入其他账号。",
  begin: "去授权",
  again: "重新授权",
  another: "授权其他账号",
  leaving: "正在前往平台授权页…",
  follow: "手动打开",
  waiting: "正在完成授权",
  waitingHelp: "正在保存平台返回的授权信息。",
  done: "{{name}} 授权成功",
  unexpected: "授权的账号与发起时的账号不同，原账号状态未改变。",
  failed: "授权未完成",
  empty: "平台返回时缺少授权信息，请打开渠道账号重新发起授权。",
};

export type AuthoriseWords = typeof en;

/** learn adds them; the pages that say them call it once. */
export function learn(): void {
  i18next.addResourceBundle("en", "authorise", en);
  i18next.addResourceBundle("zh", "authorise", zh);
}
