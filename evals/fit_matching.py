"""Learn the matcher: does a question ask for the same thing as the questions that a section answers?

From stored questions (each compared with the others of its section, without its counterpart in the other language), the
`dev` cases and the questions written to learn from.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from assistant.search.encoder import Matrix, Vector
from assistant.search.matching import (
    NEAREST_QUESTIONS,
    NEAREST_SENTENCES,
    NOTHING,
    Matcher,
    MatcherWeights,
    section_vectors,
    unit,
)
from evals.fit_data import Example, Texts

FOLDS = 5
# Chosen by cross-validation on `dev` (docs/measurements.md).
_SIZE, _DIRECTION_SIZE, _HIDDEN_SIZE = 96, 64, 32
_EPOCHS, _BATCH, _RATE, _DECAY, _DROPOUT = 12, 256, 2e-3, 0.02, 0.1
_MEMBERS = 2
# So often a section is shown without its stored questions, as a document just dropped in has none.
_HIDE_QUESTIONS = 0.1
_NO_PLACE = -5


@dataclass(frozen=True)
class Row:
    """A question asked of a section: the label says whether it answers, `place` which stored questions may not be seen."""

    vector: Vector
    section: int
    label: int
    weight: float
    place: int
    fold: int


class Sections:
    """Stored questions and sentences of every section as padded tensors."""

    def __init__(self, texts: Texts) -> None:
        self.catalogue = texts.catalogue
        self.keys = list(texts.catalogue.sections)
        self.number = {key: number for number, key in enumerate(self.keys)}
        questions, sentences = section_vectors(texts.catalogue, lambda one: texts.vectors[one.text])
        self.question_centre: Vector = np.concatenate(list(questions.values())).mean(axis=0)
        self.sentence_centre: Vector = np.concatenate(list(sentences.values())).mean(axis=0)
        self.questions, self.has_question = _padded([questions.get(k) for k in self.keys], self.question_centre)
        self.sentences, self.has_sentence = _padded([sentences.get(k) for k in self.keys], self.sentence_centre)
        self.places = torch.full(self.has_question.shape, -1)
        for number, key in enumerate(self.keys):
            stored = texts.catalogue.sections[key][1].questions
            places = [place for group in stored.values() for place, _ in enumerate(group)]
            self.places[number, : len(places)] = torch.tensor(places)

    def rows(self, texts: Texts, examples: Sequence[Example]) -> Iterator[Row]:
        """Every question with the sections that it is about."""
        for key, (_, section) in texts.catalogue.sections.items():
            for questions in section.questions.values():
                for place, question in enumerate(questions):
                    vector = unit(texts.vectors[question] - self.question_centre)
                    yield Row(vector, self.number[key], 1, 0.3, place, -1)
        for one in examples:
            yield from self.rows_of(one)

    def rows_of(self, one: Example) -> Iterator[Row]:
        """The rows of one `dev` or learning question: its gold sections answer, the first one found otherwise does not."""
        if one.outside or one.origin not in ("dev", "learned") or not one.candidates:
            return
        vector = unit(one.vector - self.question_centre)
        first = one.candidates[0].section
        for key in sorted(one.gold):
            if key in self.number:
                yield Row(vector, self.number[key], 1, 1.0, _NO_PLACE, fold_of(one.text))
        for key in [first] if one.gold else sorted({first, *one.about}):
            if key not in one.gold and key in self.number:
                yield Row(vector, self.number[key], 0, 0.3 if one.gold else 1.0, _NO_PLACE, fold_of(one.text))


class _Member(nn.Module):
    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.question = nn.Linear(dimension, _SIZE, bias=False)
        self.asking = nn.Linear(dimension, _SIZE, bias=False)
        self.sentence = nn.Linear(dimension, _SIZE, bias=False)
        self.direction = nn.Linear(dimension, _DIRECTION_SIZE)
        self.hidden = nn.Linear(NEAREST_QUESTIONS + NEAREST_SENTENCES + 2 + _DIRECTION_SIZE, _HIDDEN_SIZE)
        self.output = nn.Linear(_HIDDEN_SIZE, 1)
        self.sharpness = nn.Parameter(torch.tensor(10.0))
        self.dropout = nn.Dropout(_DROPOUT)

    def forward(self, vectors: Tensor, sections: Sections, numbers: Tensor, seen: Tensor) -> Tensor:
        """Logits, shape (batch,); `seen` marks the stored questions that count, shape (batch, most questions)."""
        vectors = self.dropout(vectors)
        questions = self._near(self.question(vectors), self.question(sections.questions[numbers]), seen)
        sentences = self._near(
            self.asking(vectors), self.sentence(sections.sentences[numbers]), sections.has_sentence[numbers]
        )
        near = torch.cat(
            [self._summary(questions, NEAREST_QUESTIONS), self._summary(sentences, NEAREST_SENTENCES)], dim=1
        )
        asked = torch.tanh(self.direction(vectors))
        inner = self.dropout(torch.relu(self.hidden(torch.cat([near * 3.0, asked], dim=1))))
        return self.output(inner).squeeze(1)  # type: ignore[no-any-return]  # torch's modules are untyped when called

    def _near(self, one: Tensor, many: Tensor, seen: Tensor) -> Tensor:
        one, many = functional.normalize(one, dim=-1), functional.normalize(many, dim=-1)
        return (many @ one[:, :, None]).squeeze(2).masked_fill(~seen, NOTHING)

    def _summary(self, similarities: Tensor, count: int) -> Tensor:
        soft = torch.logsumexp(similarities * self.sharpness, dim=1, keepdim=True) / self.sharpness
        return torch.cat([similarities.topk(count, dim=1).values, soft], dim=1)

    def weights(self) -> MatcherWeights:
        """As arrays."""

        def layer(linear: nn.Linear) -> tuple[Matrix, Vector]:
            return linear.weight.detach().numpy(), linear.bias.detach().numpy()

        return MatcherWeights(
            self.question.weight.detach().numpy(),
            self.asking.weight.detach().numpy(),
            self.sentence.weight.detach().numpy(),
            layer(self.direction),
            layer(self.hidden),
            layer(self.output),
            float(self.sharpness.detach()),
        )


def fit_matcher(sections: Sections, rows: Sequence[Row], epochs: int = _EPOCHS) -> Matcher:
    """Train the ensemble; the same rows give the same weights on one machine."""
    members = tuple(_train(sections, rows, seed, epochs) for seed in range(_MEMBERS))
    return Matcher(sections.question_centre, sections.sentence_centre, members)


def held_out_logits(texts: Texts, examples: Sequence[Example]) -> npt.NDArray[np.float64]:
    """For each example the logit of its first candidate by a matcher that has seen neither it nor its fold."""
    sections = Sections(texts)
    rows = list(sections.rows(texts, examples))
    logits = np.zeros(len(examples))
    questions, sentences = section_vectors(texts.catalogue, lambda one: texts.vectors[one.text])
    for fold in range(FOLDS):
        ready = fit_matcher(sections, [row for row in rows if row.fold != fold]).on(questions, sentences)
        for place, one in enumerate(examples):
            if fold_of(one.text) == fold and one.candidates:
                logits[place] = ready.logit(one.vector, one.candidates[0].section)
    return logits


def fold_of(text: str) -> int:
    """The fold of a question, by its text, so that the same question in two places falls into one."""
    return zlib.crc32(text.encode()) % FOLDS


def _train(sections: Sections, rows: Sequence[Row], seed: int, epochs: int) -> MatcherWeights:
    torch.manual_seed(seed)
    vectors = torch.tensor(np.array([row.vector for row in rows]), dtype=torch.float32)
    numbers = torch.tensor([row.section for row in rows])
    labels = torch.tensor([float(row.label) for row in rows])
    weights = torch.tensor([row.weight for row in rows])
    places = torch.tensor([row.place for row in rows])
    member = _Member(vectors.shape[1])
    optimiser = torch.optim.AdamW(member.parameters(), lr=_RATE, weight_decay=_DECAY)
    steps = epochs * (len(rows) // _BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: max(1 - step / max(steps, 1), 0.0))
    for _ in range(epochs):
        order = torch.randperm(len(rows))
        for start in range(0, len(rows) - _BATCH + 1, _BATCH):
            batch = order[start : start + _BATCH]
            shown = (torch.rand(len(batch), 1) >= _HIDE_QUESTIONS) & (
                sections.places[numbers[batch]] != places[batch][:, None]
            )
            seen = sections.has_question[numbers[batch]] & shown
            logits = member(vectors[batch], sections, numbers[batch], seen)
            losses = functional.binary_cross_entropy_with_logits(logits, labels[batch], reduction="none")
            loss = (losses * weights[batch]).sum() / weights[batch].sum()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
    return member.eval().weights()


def _padded(groups: Sequence[Matrix | None], centre: Vector) -> tuple[Tensor, Tensor]:
    most = max(NEAREST_QUESTIONS, NEAREST_SENTENCES, *(len(group) for group in groups if group is not None))
    rows = torch.zeros(len(groups), most, len(centre))
    there = torch.zeros(len(groups), most, dtype=torch.bool)
    for number, group in enumerate(groups):
        if group is not None:
            rows[number, : len(group)] = torch.tensor(unit(group - centre))
            there[number, : len(group)] = True
    return rows, there
