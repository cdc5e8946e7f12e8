"""What is wrong in a file, as the importer says it in English, in the reader's language."""

from __future__ import annotations

import re
from functools import lru_cache

from serving.console.languages import translate
from serving.console.sections import N_

SAYINGS = (
    N_("column %(number)s is unknown for this source"),
    N_("Add both sums"),
    N_("Add it; the file needs %(columns)s"),
    N_("Approve a policy for that day first"),
    N_("Check its quotes and export it again"),
    N_("Check that it is the right file"),
    N_("Copy it from the ID card again"),
    N_("Export it again"),
    N_("Export it again, or leave it out"),
    N_("Export it again, with its header"),
    N_("Fill it"),
    N_("Find out whose it is"),
    N_("Import it first, or mend the id"),
    N_("Import it with the file of areas first, or mend the code"),
    N_("Import it with the file of households first, or mend the id"),
    N_("Import it with the file of loans first"),
    N_("Import the file of areas first, or mend the code"),
    N_("Keep one row"),
    N_("Leave the cell empty"),
    N_("Mend the id"),
    N_("Mend the rows at fault; such a list is not accepted in part"),
    N_("Mend these first"),
    N_("Name each column once"),
    N_("Name two different people"),
    N_("Put texts that hold commas in double quotes"),
    N_("Remove it, or mend its name"),
    N_("Remove the column, or file the list as coverage: listed"),
    N_("Remove the row; balances go to loan_months"),
    N_("Rename the file"),
    N_("Save it as CSV in UTF-8"),
    N_("Save it as one of these"),
    N_("Save its first sheet as XLSX or CSV again"),
    N_("Split it"),
    N_("Split it, or check that it is the right file"),
    N_("State a day up to %(day)s"),
    N_("State evidence and two assessors"),
    N_("State one of %(sources)s"),
    N_("Write YYYY-MM-DD"),
    N_("Write YYYY-MM-DD, or leave it empty for the file's day"),
    N_("Write a day on or after observed_on"),
    N_("Write a day up to %(day)s"),
    N_("Write a whole number from 0"),
    N_("Write a whole number up to %(most)s"),
    N_("Write at most %(most)s characters"),
    N_("Write it as text, number or date"),
    N_("Write none, open, or the end date as YYYY-MM-DD, or leave it empty"),
    N_("Write one of %(words)s, or leave it empty"),
    N_("Write one of %(words)s"),
    N_("Write the code of its county, and import that too"),
    N_("Write the code of its township, and import that too"),
    N_("Write the household's id"),
    N_("Write the last day of use"),
    N_("Write the month's last day"),
    N_("Write yes or no, or leave it empty"),
    N_("Write yuan with at most 2 decimals"),
    N_("Write zero for a loan that is paid off"),
    N_("Write a whole number from %(low)s to %(high)s, or leave it empty"),
    N_("Write a number from %(low)s to %(high)s with at most %(decimals)s decimals, or leave it empty"),
    N_("Write 6 for a county, 9 for a township, 12 for a village"),
    N_("a column is of a kind that cannot be used"),
    N_("a complete list is true on one day, so its rows cannot state another"),
    N_("a complete list names a household that cannot be told, and would clear whoever is meant"),
    N_("a complete list names an area that is not in the register"),
    N_("a complete list names no areas"),
    N_("a county has no parent here"),
    N_("a row has more cells than the header"),
    N_("another household has the same ID number"),
    N_("another household of the file has the same ID number"),
    N_("both assessors are the same person"),
    N_("column '%(column)s' is of a kind that cannot be used"),
    N_("no approved policy is in force on %(day)s, so nothing says what the file may hold"),
    N_("observed_on lies in the future"),
    N_("the ID number is not valid: it does not have 17 digits and a digit or X"),
    N_("the ID number is not valid: it begins with no known province"),
    N_("the ID number is not valid: its birth date does not exist"),
    N_("the ID number is not valid: its birth date lies in the future"),
    N_("the ID number is not valid: its check character does not fit the other seventeen"),
    N_("the amount is not a sum above zero"),
    N_("the area stands in the file more than once"),
    N_("the balance is negative"),
    N_("the balance is not a sum"),
    N_("the cell is empty"),
    N_("the cell is not a date"),
    N_("the code has another number of digits"),
    N_("the column is missing"),
    N_("the day is not the last of its month"),
    N_("the day lies in the future"),
    N_("the expiry lies before the day observed"),
    N_("the file has a header but no rows"),
    N_("the file has more than %(most)s columns"),
    N_("the file has more than %(most)s rows"),
    N_("the file is damaged and cannot be read"),
    N_("the file is damaged or is not what its name says"),
    N_("the file is empty"),
    N_("the file is larger than %(most)s MB"),
    N_("the file is none of %(endings)s"),
    N_("the file is not UTF-8 text"),
    N_("the file is not a table of comma-separated values"),
    N_("the file's name holds characters that are no text"),
    N_("the header of the CSV has a column without a name or twice"),
    N_("the header of the first sheet has a column without a name or twice"),
    N_("the household is not in the register"),
    N_("the household stands in the file more than once"),
    N_("the id is not letters, digits and dashes"),
    N_("the kind is unknown"),
    N_("the loan is already in the loan book"),
    N_("the loan is not in the loan book"),
    N_("the loan stands in the file more than once"),
    N_("the loan's day stands in the file more than once"),
    N_("the loan's month stands in the file more than once"),
    N_("the parent is not a county whose code begins this one"),
    N_("the parent is not a township whose code begins this one"),
    N_("the source is unknown to the policy in force"),
    N_("the term is not a number of months"),
    N_("the text is too long or holds control characters"),
    N_("the value is not a number of days"),
    N_("the value is not a sum from zero"),
    N_("the value is not one that the indicator may have"),
    N_("the village is not in the register of areas"),
    N_("the workbook cannot be read"),
    N_("there are more than %(most)s faults"),
    N_("values were assessed, but no expiry is stated"),
    N_("values were assessed, but this is empty"),
)
"""Every sentence of the importer about a file without a note beside it; what stands in %(...)s it fills in itself."""


def _pattern(saying: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.+)", re.escape(saying)))


_PATTERNS = sorted(((_pattern(it), it) for it in SAYINGS), key=lambda it: (it[1].count("%("), -len(it[1])))
"""The plainest first: a sentence with holes may fit what another says in full."""


@lru_cache(maxsize=4096)
def saying_of(sentence: str) -> tuple[str, dict[str, str]] | None:
    """The saying that a sentence is made of, and what fills its holes; None where there is none."""
    for pattern, saying in _PATTERNS:
        if (found := pattern.fullmatch(sentence)) is not None:
            return saying, found.groupdict()
    return None


def say_fault(language: str, sentence: str) -> str:
    """A sentence in a language; as it is where it is made of no saying, which a test forbids."""
    found = saying_of(sentence)
    if found is None:
        return sentence
    said = translate(language, found[0])
    return said % found[1] if found[1] else said
