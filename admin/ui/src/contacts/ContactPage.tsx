import { useNavigate, useParams } from "@tanstack/react-router";
import { Button } from "antd";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ContactFields } from "@/inbox/context/ContactFields";
import { ContactTags } from "@/inbox/context/ContactTags";
import { History } from "@/inbox/context/History";
import { Identities } from "@/inbox/context/Identities";
import { useContact } from "@/inbox/context/useContact";
import { useCan } from "@/session/useSession";
import { CardBox, Page, Section } from "@/ui/Page";
import { Loaded } from "@/ui/States";
import { useContactName } from "@/ui/useContactName";
import s from "./contacts.module.css";
import { EraseDialog } from "./EraseDialog";
import { Notes } from "./Notes";
import { Same } from "./Same";
import "@/i18n/more/contacts";

/** ContactPage is one person: who they are, where they write from, what is written down, every conversation with them. */
export function ContactPage() {
  const { t } = useTranslation();
  const contactName = useContactName();
  const can = useCan();
  const { id } = useParams({ from: "/frame/contacts/$id" });
  const navigate = useNavigate();
  const [erasing, setErasing] = useState(false);
  return (
    <Loaded query={useContact(id)} title={t("context.contact")}>
      {(contact) => (
        <Page
          title={contactName(contact)}
          back={can("contact.list") ? { to: "/contacts", label: t("place.contacts") } : undefined}
          wide
        >
          <div className={s.columns}>
            <div>
              <Section title={t("context.contact")}>
                <CardBox>
                  <div className="col" style={{ gap: 12 }}>
                    <ContactFields id={contact.id} />
                    <ContactTags id={contact.id} />
                  </div>
                </CardBox>
              </Section>
              <Section title={t("context.identities")} lead={t("contacts.identitiesLead")}>
                <CardBox>
                  <Identities contact={contact.id} />
                </CardBox>
              </Section>
              {can("contact.merge") && (
                <Section title={t("book.same")} lead={t("book.sameLead")}>
                  <CardBox>
                    <Same contact={contact} />
                  </CardBox>
                </Section>
              )}
            </div>
            <div>
              <Section title={t("book.notes")}>
                <CardBox>
                  <Notes contact={contact.id} />
                </CardBox>
              </Section>
              <Section title={t("contacts.conversations")}>
                <CardBox>
                  <History contact={contact.id} />
                </CardBox>
              </Section>
              {can("erase") && (
                <Section title={t("erase.title")} lead={t("erase.lead")}>
                  <Button danger icon={<Trash2 aria-hidden />} onClick={() => setErasing(true)}>
                    {t("erase.person")}
                  </Button>
                </Section>
              )}
            </div>
          </div>
          {erasing && (
            <EraseDialog
              what="person"
              id={contact.id}
              name={contactName(contact)}
              close={() => setErasing(false)}
              then={() => void navigate({ to: "/contacts" })}
            />
          )}
        </Page>
      )}
    </Loaded>
  );
}
