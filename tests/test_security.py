"""Every promise of SECURITY.md has tests, and these exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HOSTILE_TREE = "loaders/test_hostile_tree.py::test_one_tree_of_everything"
FUZZED = "test_fuzz.py::test_nothing_breaks"
EVERY_FORMAT = "report/test_hostile_logs.py::test_every_format"
COMPARED = "gate/test_comparison.py::test_names_from_logs_are_never_obeyed"
EVERY_COMMAND = "report/test_hostile_logs.py::test_every_command"
NOT_STARTED = (
    "loaders/test_given_folders.py::test_nothing_is_started_and_nobody_is_asked"
)

TESTS: dict[str, tuple[str, ...]] = {
    "YAML": (
        FUZZED,
        "test_safe_yaml.py::test_bombs_are_refused_with_a_place",
        "test_safe_yaml.py::test_tags_of_other_people_become_plain_data",
        "test_safe_yaml.py::test_any_text_is_read_or_refused",
        HOSTILE_TREE,
    ),
    "JSON": (
        FUZZED,
        "loaders/test_json_file.py::test_no_more_than_the_cap_is_read",
        "loaders/test_configuration.py::test_a_bad_file_costs_only_itself",
        "loaders/test_json_history.py::test_a_broken_line_costs_only_itself",
        "loaders/test_hf_trainer.py::test_broken_files_are_reported",
        HOSTILE_TREE,
    ),
    "event files and W&B records": (
        FUZZED,
        "loaders/test_event_damage.py::test_a_tail_that_is_no_record",
        "loaders/test_event_damage.py::test_arbitrary_bytes_never_crash",
        "loaders/test_wandb_damage.py::test_lengths_inside_a_record_are_not_trusted",
        "loaders/test_wandb_damage.py::test_a_record_without_an_end_is_not_kept_in_memory",
        "loaders/test_wandb_damage.py::test_random_bytes_never_crash",
    ),
    "tables": (
        FUZZED,
        "loaders/test_csv_bad_input.py::test_wide_files_are_refused",
        "loaders/test_csv_bad_input.py::test_tables_of_any_content_load",
        "loaders/test_json_history.py::test_too_many_names_are_refused",
    ),
    "compressed data": (
        "loaders/test_sb3_evaluations.py::"
        "test_an_archive_that_unpacks_without_end_is_refused",
        "loaders/test_sb3_evaluations.py::test_headers_that_ask_for_memory_are_refused",
        "test_forbidden_code.py::test_nothing_dangerous_is_imported",
    ),
    "odd numbers": (
        FUZZED,
        "loaders/test_configuration.py::test_long_lists_and_huge_numbers",
        "loaders/test_csv_bad_input.py::test_steps_beyond_64_bits",
        "loaders/test_hf_trainer.py::test_values_that_are_no_numbers",
        "test_safe_yaml.py::test_scalars_follow_yaml_1_2",
    ),
    "pickles": (
        "test_forbidden_code.py::test_nothing_dangerous_is_imported",
        "test_forbidden_code.py::test_nothing_dangerous_is_called",
        "loaders/test_hf_trainer.py::test_a_pickle_beside_it_is_never_opened",
        "loaders/test_sb3_evaluations.py::test_nothing_is_unpickled",
        NOT_STARTED,
    ),
    "databases": (
        "test_forbidden_code.py::test_no_database_is_read",
        "test_forbidden_code.py::test_nothing_dangerous_is_imported",
    ),
    "links, pipes and devices": (
        "loaders/test_hostile_tree.py::test_what_is_no_regular_file_is_never_opened",
        "loaders/test_given_folders.py::test_links_out_of_the_folder_are_not_followed",
        "loaders/test_collect.py::test_an_explicit_fifo_or_missing_file_is_a_problem",
    ),
    "places": (
        "loaders/test_given_folders.py::test_links_out_of_the_folder_are_not_followed",
        "loaders/test_given_folders.py::"
        "test_folders_above_and_beside_the_given_one_are_left_alone",
        "loaders/test_given_folders.py::test_the_hook_sees_what_it_should",
    ),
    "execution": (
        NOT_STARTED,
        "loaders/test_given_folders.py::"
        "test_a_comparison_opens_nothing_else_and_starts_nothing",
        "test_forbidden_code.py::test_nothing_dangerous_is_imported",
        "confirm/test_trust.py::test_check_executes_nothing",
    ),
    "configurations among the logs": (
        "gate/test_weakening.py::test_every_format_tells_what_is_switched_off",
        "gate/test_weakening.py::test_every_way_to_judge_less_is_told",
        "gate/test_weakening.py::test_without_search_one_among_the_logs_is_not_obeyed",
        "gate/test_comparison.py::test_what_the_configuration_switches_off_is_told",
        "ci/test_action.py::test_a_configuration_among_the_logs_is_not_obeyed",
        "ci/test_action.py::test_a_configuration_beside_either_side_is_not_obeyed",
        "ci/test_templates.py::test_none_of_them_obeys_a_configuration_among_the_logs",
    ),
    "commands to train": (
        "confirm/test_trust.py::test_commands_among_the_logs_are_refused",
        "confirm/test_trust.py::test_standing_among_the_logs_does_not_make_them_trusted",
        "confirm/test_trust.py::test_a_command_beside_downloaded_logs_is_refused",
        "confirm/test_command.py::test_no_shell_reads_values",
        "confirm/test_command.py::test_text_from_logs_is_never_an_option",
        "confirm/test_command.py::test_a_timeout_ends_everything_that_was_started",
    ),
    "expressions and templates": (
        "engine/test_expression.py::test_refuses",
        "engine/test_expression.py::test_repeating_text_is_refused_when_evaluated",
        "engine/test_message.py::test_refuses",
        EVERY_FORMAT,
    ),
    "terminals": (
        "loaders/test_hostile_tree.py::test_names_cannot_steer_a_terminal",
        "report/test_hostile_logs.py::test_errors",
        EVERY_COMMAND,
        COMPARED,
        EVERY_FORMAT,
    ),
    "Markdown and HTML": (
        "test_markup.py::test_a_name_is_shown_as_it_is_in_a_code_span",
        "test_markup.py::test_a_sentence_reads_the_same_and_is_no_markup",
        "test_markup.py::test_no_text_becomes_markup",
        "test_markup.py::test_what_sentences_look_like",
        "test_markup.py::test_no_text_leaves_its_cell",
        "tune/test_journal.py::test_names_from_logs_are_shown_and_never_obeyed",
        COMPARED,
        EVERY_FORMAT,
    ),
    "commands to CI services": (
        "report/formats/test_every_format.py::"
        "test_names_from_logs_are_never_commands_or_escapes",
        "report/formats/test_every_format.py::test_github_properties_are_escaped",
        "report/test_terminal.py::"
        "test_names_cannot_reach_the_terminal_or_the_build_service",
        COMPARED,
        EVERY_FORMAT,
        EVERY_COMMAND,
    ),
    "scripts that we write": (
        "next_round/exporters/test_all.py::test_hostile_names_stay_text",
        "next_round/exporters/test_shell.py::"
        "test_bash_runs_it_and_nothing_in_a_name_is_obeyed",
        "report/test_hostile_logs.py::test_the_next_round_and_its_exports",
        "report/test_hostile_logs.py::test_the_configuration_and_the_baseline",
        "interpret/test_yaml_text.py::test_names_and_values_stay_what_they_are",
        "interpret/test_yaml_text.py::test_any_name_stays_what_it_is",
    ),
    "the cache of readings": (
        FUZZED,
        "loaders/test_cache.py::test_what_is_kept_is_what_was_read",
        "loaders/test_cache_damage.py::test_forged_entries_are_ignored",
        "loaders/test_cache_damage.py::test_damaged_entries_are_ignored_and_written_again",
        "loaders/test_cache_folder.py::test_never_among_the_logs",
        "loaders/test_cache_folder.py::test_a_folder_that_others_may_write_to_is_not_used",
    ),
    "the cache of answers": (
        "loaders/test_answers.py::test_forged_answers_are_ignored",
        "loaders/test_answers.py::test_damaged_answers_are_found_anew",
        "loaders/test_answers.py::test_any_change_is_noticed",
        "loaders/test_state.py::test_it_takes_in_what_links_lead_to_and_nothing_outside",
        "loaders/test_given_folders.py::test_links_out_of_the_folder_are_not_followed",
    ),
    "modules among the logs": (
        "test_shadowing.py::test_modules_beside_the_user_are_not_imported",
        "loaders/test_given_folders.py::test_links_out_of_the_folder_are_not_followed",
    ),
}


def promises() -> list[str]:
    """The first cell of each row of the table."""
    text = (ROOT / "SECURITY.md").read_text("utf-8")
    table = text.partition("## Promises")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| .+ \|$", table, re.MULTILINE)
    return [row for row in rows if row != "---"][1:]


@cache
def functions(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / "tests" / file).read_text("utf-8"))
    return frozenset(n.name for n in tree.body if isinstance(n, ast.FunctionDef))


def test_every_promise_has_tests_and_every_test_a_promise() -> None:
    assert promises() == list(TESTS)


@pytest.mark.parametrize("promise", TESTS)
def test_the_tests_of_a_promise_exist(promise: str) -> None:
    assert TESTS[promise]
    for test in TESTS[promise]:
        file, _, function = test.partition("::")
        assert function in functions(file), test
