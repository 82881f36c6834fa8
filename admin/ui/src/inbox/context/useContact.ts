import { useQuery } from "@tanstack/react-query";
import { getContact } from "@/api/contacts";
import type { ID } from "@/api/types";
import { keys } from "@/live/cache";

/** useContact is what is known of a person; the feed keeps it current. */
export const useContact = (id: ID) => useQuery({ queryKey: keys.contact(id), queryFn: () => getContact(id) });
