import accounts from "./more/accounts.zh";
import actions from "./more/actions.zh";
import bots from "./more/bots.zh";
import contacts from "./more/contacts.zh";
import inbox from "./more/inbox.zh";
import keys from "./more/keys.zh";
import ring from "./more/ring.zh";
import search from "./more/search.zh";
import session from "./more/session.zh";
import settings from "./more/settings.zh";
import team from "./more/team.zh";
import ui from "./more/ui.zh";
import watch from "./more/watch.zh";

/** The words of the namespace "more" in Chinese, one file a feature; a test says that both languages have the same. */
export default {
  ...accounts,
  ...actions,
  ...bots,
  ...contacts,
  ...inbox,
  ...keys,
  ...ring,
  ...search,
  ...session,
  ...settings,
  ...team,
  ...ui,
  ...watch,
};
