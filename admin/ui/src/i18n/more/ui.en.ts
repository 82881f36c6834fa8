/** Words of ui in English, loaded when the first of them is needed. */
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
    actions: "Actions",
    table: "Table",
  },
};
