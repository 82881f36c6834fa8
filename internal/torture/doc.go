// Package torture holds the crash and fault rigs: the real program, built once
// for a run, is killed, traced, starved of disk and database, and afterwards
// everything it promised is looked up from outside: through its API and in what
// the played platforms saw. `make test` runs them in short form, `make torture`
// in full.
//
// Every rig draws its chances from a seed that it prints; PARLEY_TEST_SEED
// repeats a run as far as a machine's timing allows. What decides whether a run
// was good is a plain function over what was seen, and each of these functions
// is shown to say no to a run that was not.
package torture
