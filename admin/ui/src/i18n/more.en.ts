import accounts from "./more/accounts.en";
import actions from "./more/actions.en";
import bots from "./more/bots.en";
import contacts from "./more/contacts.en";
import inbox from "./more/inbox.en";
import keys from "./more/keys.en";
import ring from "./more/ring.en";
import search from "./more/search.en";
import session from "./more/session.en";
import settings from "./more/settings.en";
import team from "./more/team.en";
import ui from "./more/ui.en";
import watch from "./more/watch.en";

/** The words of the namespace "more" in English, one file a feature; a test says that both languages have the same. */
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
