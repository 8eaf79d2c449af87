/** The strings of the review screen; they load with it. */
import { i18next } from "../i18n";
import review from "./en/review.json";

i18next.addResourceBundle("en", "translation", { review }, true, true);
