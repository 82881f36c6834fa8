/** Words of ui in English, loaded with the first page that is not the inbox. */
export default {
  column: {
    name: "Name",
    state: "State",
    when: "When",
    made: "Made",
    changed: "Changed",
    account: "Account",
    from: "From",
    text: "Last words",
    error: "What went wrong",
    tries: "Tries",
    size: "Size",
  },
};
