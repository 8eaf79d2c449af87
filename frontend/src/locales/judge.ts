/** The strings of the judge screen; they load with it. */
import { i18next } from "../i18n";
import judge from "./en/judge.json";
import "./rubric";

i18next.addResourceBundle("en", "translation", { judge }, true, true);
