export function Trouble() {
  return null;
}
