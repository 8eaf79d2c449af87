/** The strings of the researcher's screens; they load with the first of these screens. */
import { i18next } from "../i18n";
import bench from "./en/bench.json";
import builder from "./en/builder.json";
import data from "./en/data.json";
import exporting from "./en/export.json";
import importing from "./en/import.json";
import inquiries from "./en/inquiries.json";
import job from "./en/job.json";
import models from "./en/models.json";
import newProject from "./en/new_project.json";
import people from "./en/people.json";
import project from "./en/project.json";

const SCREENS = {
  bench,
  builder,
  data,
  export: exporting,
  import: importing,
  inquiries,
  job,
  models,
  new_project: newProject,
  people,
  project,
};

i18next.addResourceBundle("en", "translation", SCREENS, true, true);
