/**
 * The document can only call some things strings that we know to be one of a
 * few words. Here the compiler checks that our types say nothing else than the
 * document: each must be assignable to the one it narrows.
 */
import type { components } from "./schema";
import type * as ours from "./types";

type Schemas = components["schemas"];
type Narrows<Theirs, Ours extends Theirs> = Ours;

export type Checked = [
  Narrows<Schemas["Agent"], ours.Agent>,
  Narrows<Schemas["Team"], ours.Team>,
  Narrows<Schemas["Tag"], ours.Tag>,
  Narrows<Schemas["Tenant"], ours.Tenant>,
  Narrows<Schemas["Contact"], ours.Contact>,
  Narrows<Schemas["Identity"], ours.Identity>,
  Narrows<Schemas["Attribute"], ours.Attribute>,
  Narrows<Schemas["Conversation"], ours.Conversation>,
  Narrows<Schemas["OwnerChange"], ours.OwnerChange>,
  Narrows<Omit<Schemas["Message"], "content">, Omit<ours.Message, "content">>,
  Narrows<Schemas["Link"], ours.Link>,
  Narrows<Schemas["Block"], ours.Block>,
  Narrows<Schemas["Canned"], ours.Canned>,
  Narrows<Schemas["Token"], ours.Token>,
  Narrows<Schemas["Audit"], ours.Audit>,
  Narrows<Schemas["Bot"], ours.Bot>,
  Narrows<Schemas["BotVersion"], ours.BotVersion>,
  Narrows<Schemas["Missed"], ours.Missed>,
  Narrows<Schemas["Tallies"], ours.Tallies>,
  Narrows<Schemas["File"], ours.StoredFile>,
  Narrows<Schemas["Check"], ours.Check>,
  Narrows<Schemas["FormField"], ours.FormField>,
  Narrows<Schemas["OwnSession"], ours.OwnSession>,
  Narrows<Schemas["SecondFactor"], ours.SecondFactor>,
  Narrows<Schemas["Enrolment"], ours.NewSecondFactor>,
  Narrows<Schemas["Access"], ours.Access>,
  Narrows<Schemas["MadeLink"], ours.PasswordLink>,
  Narrows<Schemas["LinkedPerson"], ours.LinkedPerson>,
  Narrows<Schemas["FeedEntry"], ours.FeedEntry>,
  Narrows<Schemas["View"], ours.SavedView>,
  Narrows<Schemas["Bulk"], ours.Bulk>,
];
