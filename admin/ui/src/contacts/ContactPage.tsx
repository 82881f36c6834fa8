import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ContactFields, useContact } from "@/inbox/context/ContactFields";
import { ContactTags } from "@/inbox/context/ContactTags";
import { History } from "@/inbox/context/History";
import { Identities } from "@/inbox/context/Identities";
import { CardBox, Page, Section } from "@/ui/Page";
import { Loaded } from "@/ui/States";
import { useContactName } from "@/ui/useContactName";

/** ContactPage is one person: who they are, where they write from, every conversation with them. */
export function ContactPage() {
  const { t } = useTranslation();
  const contactName = useContactName();
  const { id } = useParams({ from: "/frame/contacts/$id" });
  return (
    <Loaded query={useContact(id)}>
      {(contact) => (
        <Page title={contactName(contact)} back={{ to: "/contacts", label: t("place.contacts") }}>
          <Section title={t("context.contact")}>
            <CardBox>
              <div className="col" style={{ gap: 12, maxWidth: 560 }}>
                <ContactFields id={id} />
                <ContactTags id={id} />
              </div>
            </CardBox>
          </Section>
          <Section title={t("context.identities")} lead={t("contacts.identitiesLead")}>
            <CardBox>
              <Identities contact={id} />
            </CardBox>
          </Section>
          <Section title={t("contacts.conversations")}>
            <CardBox>
              <History contact={id} />
            </CardBox>
          </Section>
        </Page>
      )}
    </Loaded>
  );
}
