import { useRouter } from "@tanstack/react-router";
import { Failure } from "@/ui/States";

/** Broken is shown when the hub could not be asked who we are. */
export function Broken({ error }: { error: unknown }) {
  const router = useRouter();
  return <Failure error={error} retry={() => void router.invalidate()} />;
}
