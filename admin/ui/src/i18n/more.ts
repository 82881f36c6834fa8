import i18next from "i18next";
import en from "./more.en";
import zh from "./more.zh";

/** The words of screens that are not needed at first: who imports this may use the namespace "more". */
i18next.addResourceBundle("en", "more", en);
i18next.addResourceBundle("zh", "more", zh);
