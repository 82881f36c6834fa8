import { useQuery } from "@tanstack/react-query";
import { listConnectors } from "@/api/accounts";

/** useKinds are the kinds of channel this hub has; they do not change while it runs. */
export const useKinds = () =>
  useQuery({ queryKey: ["connectors"], queryFn: listConnectors, staleTime: Number.POSITIVE_INFINITY });
