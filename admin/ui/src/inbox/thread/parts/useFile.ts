import { useQuery } from "@tanstack/react-query";
import { getFile } from "@/api/files";

/** useFile is a file's address, renewed before its ten minutes end. */
export function useFile(id: string | undefined) {
  return useQuery({
    queryKey: ["file", id],
    queryFn: () => getFile(id!),
    enabled: Boolean(id),
    staleTime: 8 * 60_000,
    refetchInterval: 9 * 60_000,
  });
}
