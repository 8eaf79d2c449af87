import { expect, test } from "vitest";
import { aCriterion, anError, aRubric } from "../review/builders";
import { toYaml } from "./yaml";

test("a rubric is written with what is not usual, and with quotes where YAML needs them", () => {
  const rubric = aRubric({
    title: "Tone: yes",
    criteria: [
      aCriterion("follows", 1, { allow_na: true, definition: 'It fits {{text}}\nand "all".' }, [1, 3]),
    ],
    errors: [anError("slip", 2.5, { counted: false })],
  });
  expect(toYaml([rubric])).toBe(`rubrics:
  - name: answers
    title: "Tone: yes"
    threshold: 80
    criteria:
      - name: follows
        title: follows
        weight: 1
        definition: "It fits {{text}}\\nand \\"all\\"."
        allow_na: true
        grades:
          - name: g1
            label: Insufficient
            level: 1
          - name: g3
            label: Good
            level: 3
    errors:
      - name: slip
        title: slip
        penalty: 2.5
        counted: false
`);
});

test("a label that YAML would read as true is quoted", () => {
  const yes = aCriterion("a", 1);
  const grades = yes.grades.map((grade, place) => ({ ...grade, label: ["No", "7", "Yes"][place] ?? "" }));
  const text = toYaml([aRubric({ criteria: [{ ...yes, grades }] })]);
  expect(text).toContain('label: "No"');
  expect(text).toContain('label: "7"');
});

test("no rubrics are an empty list", () => {
  expect(toYaml([])).toBe("rubrics: []\n");
});
