package core

import (
	"encoding/json"
	"testing"
)

// What an older hub wrote of how an owner was found is still read.
func TestStepsOfOlderHubsAreRead(t *testing.T) {
	var r Reason
	if err := json.Unmarshal([]byte(`{"code":"default","steps":["no team is named",{"code":"nobody_free","team":"Repairs"}]}`), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Steps) != 2 || r.Steps[0] != (Step{Code: StepAsWritten, Words: "no team is named"}) || r.Steps[1] != (Step{Code: StepNobodyFree, Team: "Repairs"}) {
		t.Errorf("%+v", r.Steps)
	}
}
