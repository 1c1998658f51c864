"""A whole rule file, as small as the schema lets it be."""

GOOD = """\
id: example
summary: An example.
why: Because.
playbook: "#x"
subject: study
parameters:
  limit: {value: 10, reason: "ten is enough"}
fires: "study.trials < limit"
severity: [{is: info}]
message: "{study.trials} trials"
evidence: [study.trials, limit]
advice: [{do: "More.", why: "Few."}]
next_round: []
confirm: {none: "nothing to train"}
known_problems: none known
"""
