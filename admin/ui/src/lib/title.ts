let name = "Parley";
let count = 0;

const write = () => {
  document.title = count ? `(${count}) ${name}` : name;
};

/** nameTitle says in the window's title what is shown. */
export function nameTitle(shown: string): void {
  name = shown ? `${shown} · Parley` : "Parley";
  write();
}

/** countTitle says before it how much waits to be read, whatever is shown. */
export function countTitle(n: number): void {
  count = n;
  write();
}
