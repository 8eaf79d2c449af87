/** The strings of the assistant beside the form and of ratings; they load with these. */
import { i18next } from "../i18n";
import assist from "./en/assist.json";

const { keys, ...rest } = assist;

i18next.addResourceBundle("en", "translation", { assist: rest, keys }, true, true);
