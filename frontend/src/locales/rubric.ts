/** The strings of the rubric screen; they load with it. */
import { i18next } from "../i18n";
import rubric from "./en/rubric.json";
import "./researcher";
import "./review";

i18next.addResourceBundle("en", "translation", { rubric }, true, true);
