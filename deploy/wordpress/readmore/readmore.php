<?php
/**
 * Plugin Name: readmore
 * Description: Search and related articles by a readmore service: tells it what is published, puts its block under posts and its box into search forms.
 * Version: 1.0.0
 * Requires at least: 5.9
 * Requires PHP: 7.4
 * License: MIT
 * Text Domain: readmore
 *
 * A post is told to the service with a key that never leaves this server. What could not be told is kept in a list and
 * told again every five minutes, so that neither a service that is down nor a slow one keeps an editor from publishing.
 */

defined( 'ABSPATH' ) || exit;

const READMORE_OPTION  = 'readmore';
const READMORE_ERROR   = 'readmore_error';     // what went wrong last
const READMORE_WAITING = '_readmore_waiting';  // meta of a post that is still to be told: when it was changed
const READMORE_GONE    = 'readmore_gone_';     // options, each an address that is still to be taken out
const READMORE_ADDRESS = '_readmore_url';      // meta: the address by which the service knows a post
const READMORE_BATCH   = 50;                   // posts sent at once

// --- settings -----------------------------------------------------------------------------------------------------

/** What is set, with what holds where nothing is. The constants of wp-config.php win, for keys that are kept out of the database. */
function readmore_settings() {
	$set = wp_parse_args(
		get_option( READMORE_OPTION, array() ),
		array( 'service' => '', 'public' => '', 'key' => '', 'types' => array( 'post' ), 'block' => 1, 'search' => 1, 'items' => 6 )
	);
	foreach ( array( 'service' => 'READMORE_SERVICE', 'public' => 'READMORE_PUBLIC', 'key' => 'READMORE_KEY' ) as $name => $constant ) {
		if ( defined( $constant ) ) {
			$set[ $name ] = constant( $constant );
		}
	}
	$set['service'] = untrailingslashit( $set['service'] );
	$set['public']  = untrailingslashit( $set['public'] ? $set['public'] : $set['service'] );
	return $set;
}

add_action( 'admin_menu', function () {
	add_options_page( 'readmore', 'readmore', 'manage_options', 'readmore', 'readmore_page' );
} );

add_action( 'admin_init', function () {
	register_setting( 'readmore', READMORE_OPTION, array( 'sanitize_callback' => 'readmore_checked' ) );
} );

/** Settings as they are stored, of what was typed. */
function readmore_checked( $typed ) {
	$typed = is_array( $typed ) ? $typed : array();
	$old   = get_option( READMORE_OPTION, array() );
	$types = array_intersect( (array) ( $typed['types'] ?? array() ), get_post_types( array( 'public' => true ) ) );
	return array(
		'service' => esc_url_raw( trim( $typed['service'] ?? '' ), array( 'http', 'https' ) ),
		'public'  => esc_url_raw( trim( $typed['public'] ?? '' ), array( 'http', 'https' ) ),
		// the key is not shown again, so an empty field means the one that is stored
		'key'     => trim( $typed['key'] ?? '' ) !== '' ? sanitize_text_field( $typed['key'] ) : ( $old['key'] ?? '' ),
		'types'   => $types ? array_values( $types ) : array( 'post' ),
		'block'   => empty( $typed['block'] ) ? 0 : 1,
		'search'  => empty( $typed['search'] ) ? 0 : 1,
		'items'   => max( 1, min( 20, (int) ( $typed['items'] ?? 6 ) ) ),
	);
}

/** The page of settings: what is set, how it is going, and a button that sends all posts. */
function readmore_page() {
	$set     = readmore_settings();
	$waiting = count( readmore_waiting( -1 ) ) + count( readmore_gone() );
	$error   = (string) get_option( READMORE_ERROR, '' );
	$name    = READMORE_OPTION;
	echo '<div class="wrap"><h1>readmore</h1>';
	if ( $error ) {
		echo '<div class="notice notice-error"><p>' . esc_html( $error ) . '</p></div>';
	}
	if ( isset( $_GET['sent'] ) ) {
		echo '<div class="notice notice-success"><p>' . esc_html( sprintf( __( '%d posts are on their way to the service.', 'readmore' ), (int) $_GET['sent'] ) ) . '</p></div>';
	}
	echo '<p>' . esc_html( sprintf( __( 'Posts that are still to be told: %d.', 'readmore' ), $waiting ) ) . '</p>';
	echo '<form method="post" action="options.php">';
	settings_fields( 'readmore' );
	echo '<table class="form-table" role="presentation">';
	readmore_row( 'service', __( 'Address of the service', 'readmore' ), "<input class='regular-text' type='url' id='readmore-service' name='{$name}[service]' value='" . esc_attr( $set['service'] ) . "' placeholder='http://127.0.0.1:8000'>", __( 'As this server reaches it.', 'readmore' ) );
	readmore_row( 'public', __( 'Its address for readers', 'readmore' ), "<input class='regular-text' type='url' id='readmore-public' name='{$name}[public]' value='" . esc_attr( $set['public'] === $set['service'] ? '' : $set['public'] ) . "' placeholder='https://www.example.org/find'>", __( 'As browsers reach it, where that is another one.', 'readmore' ) );
	readmore_row( 'key', __( 'Key with the scope write', 'readmore' ), "<input class='regular-text' type='password' id='readmore-key' name='{$name}[key]' value='' autocomplete='off'>", $set['key'] ? __( 'A key is stored. Leave this empty to keep it.', 'readmore' ) : __( 'readmore keys add wordpress --scope write prints one.', 'readmore' ) );
	$types = '';
	foreach ( get_post_types( array( 'public' => true ), 'objects' ) as $type ) {
		if ( 'attachment' !== $type->name ) {
			$types .= "<label><input type='checkbox' name='{$name}[types][]' value='" . esc_attr( $type->name ) . "' " . checked( in_array( $type->name, $set['types'], true ), true, false ) . '> ' . esc_html( $type->label ) . '</label><br>';
		}
	}
	readmore_row( '', __( 'What to tell', 'readmore' ), $types, '' );
	readmore_row( 'block', __( 'Block under posts', 'readmore' ), "<input type='checkbox' id='readmore-block' name='{$name}[block]' value='1' " . checked( $set['block'], 1, false ) . '>', '' );
	readmore_row( 'items', __( 'Articles in it at most', 'readmore' ), "<input type='number' min='1' max='20' id='readmore-items' name='{$name}[items]' value='" . (int) $set['items'] . "'>", '' );
	readmore_row( 'search', __( 'Box in search forms', 'readmore' ), "<input type='checkbox' id='readmore-search' name='{$name}[search]' value='1' " . checked( $set['search'], 1, false ) . '>', '' );
	echo '</table>';
	submit_button();
	echo '</form><form method="post" action="' . esc_url( admin_url( 'admin-post.php' ) ) . '"><input type="hidden" name="action" value="readmore_send">';
	wp_nonce_field( 'readmore_send' );
	submit_button( __( 'Send all posts now', 'readmore' ), 'secondary' );
	echo '</form></div>';
}

/** One row of the settings. `$field` is HTML of ours, `$help` text. */
function readmore_row( $name, $label, $field, $help ) {
	$label = $name ? '<label for="readmore-' . esc_attr( $name ) . '">' . esc_html( $label ) . '</label>' : esc_html( $label );
	echo '<tr><th scope="row">' . $label . '</th><td>' . $field . ( $help ? '<p class="description">' . esc_html( $help ) . '</p>' : '' ) . '</td></tr>';
}

add_action( 'admin_post_readmore_send', function () {
	if ( ! current_user_can( 'manage_options' ) || ! check_admin_referer( 'readmore_send' ) ) {
		wp_die( esc_html__( 'You may not do this.', 'readmore' ), 403 );
	}
	$count = readmore_queue_all();
	readmore_tell();
	wp_safe_redirect( admin_url( 'options-general.php?page=readmore&sent=' . $count ) );
	exit;
} );

// --- telling the service ------------------------------------------------------------------------------------------

/** Whether a post is for everybody, and of a kind that is told. */
function readmore_is_public( $post ) {
	return 'publish' === $post->post_status && '' === $post->post_password && in_array( $post->post_type, readmore_settings()['types'], true );
}

/** A post as the service reads it. Its text is what the theme would show, as HTML. */
function readmore_record( $post ) {
	$GLOBALS['post'] = $post;
	setup_postdata( $post );
	remove_filter( 'the_content', 'readmore_under', 20 ); // the block is not a part of the text
	$body = apply_filters( 'the_content', $post->post_content );
	add_filter( 'the_content', 'readmore_under', 20 );
	wp_reset_postdata();
	$names  = function ( $taxonomy ) use ( $post ) {
		$terms = get_the_terms( $post, $taxonomy );
		return is_array( $terms ) ? array_map( function ( $name ) {
			return html_entity_decode( $name, ENT_QUOTES | ENT_HTML5, 'UTF-8' );
		}, wp_list_pluck( $terms, 'name' ) ) : array();
	};
	$sections = $names( 'category' );
	$record   = array(
		'url'      => get_permalink( $post ),
		'title'    => html_entity_decode( get_the_title( $post ), ENT_QUOTES | ENT_HTML5, 'UTF-8' ),
		'body'     => $body,
		'excerpt'  => $post->post_excerpt,
		'date'     => get_post_time( DATE_ATOM, true, $post ),
		'modified' => get_post_modified_time( DATE_ATOM, true, $post ),
		'authors'  => array( get_the_author_meta( 'display_name', (int) $post->post_author ) ),
		'section'  => $sections ? $sections[0] : '',
		'tags'     => array_values( array_merge( $names( 'post_tag' ), array_slice( $sections, 1 ) ) ),
		'site'     => html_entity_decode( get_bloginfo( 'name' ), ENT_QUOTES | ENT_HTML5, 'UTF-8' ),
		'language' => substr( get_bloginfo( 'language' ), 0, 2 ),
	);
	$image = get_post_thumbnail_id( $post );
	if ( $image ) {
		$record['image']     = wp_get_attachment_image_url( $image, 'large' );
		$record['image_alt'] = (string) get_post_meta( $image, '_wp_attachment_image_alt', true );
	}
	/** What is told of a post, for a site that keeps more of it. */
	return apply_filters( 'readmore_record', $record, $post );
}

/** Notes that a post was changed. It is told when the request has been answered. */
function readmore_changed( $post_id ) {
	$post = get_post( $post_id );
	if ( ! $post || wp_is_post_revision( $post ) || wp_is_post_autosave( $post ) ) {
		return;
	}
	$known = (string) get_post_meta( $post->ID, READMORE_ADDRESS, true );
	if ( readmore_is_public( $post ) ) {
		update_post_meta( $post->ID, READMORE_WAITING, (string) microtime( true ) );
	} elseif ( '' !== $known ) {
		readmore_take_out( $known );
		delete_post_meta( $post->ID, READMORE_ADDRESS );
		delete_post_meta( $post->ID, READMORE_WAITING );
	}
	if ( ! has_action( 'shutdown', 'readmore_tell' ) ) {
		add_action( 'shutdown', 'readmore_tell' );
	}
}

// wp_after_insert_post comes when terms and meta are there; a post that a plugin or the clock publishes changes its state alone
add_action( 'wp_after_insert_post', 'readmore_changed' );
add_action( 'transition_post_status', function ( $new, $old, $post ) {
	if ( $new !== $old ) {
		readmore_changed( $post->ID );
	}
}, 20, 3 );
add_action( 'set_object_terms', 'readmore_changed' );
add_action( 'before_delete_post', function ( $post_id ) {
	$known = (string) get_post_meta( $post_id, READMORE_ADDRESS, true );
	if ( '' !== $known ) {
		readmore_take_out( $known );
		add_action( 'shutdown', 'readmore_tell' );
	}
} );

/** Notes that an address is to be taken out. Every note has a row of its own, so that two requests at once lose none. */
function readmore_take_out( $address ) {
	update_option( READMORE_GONE . md5( $address ), $address, false );
}

/** The addresses that are still to be taken out, by the names of their options. */
function readmore_gone() {
	global $wpdb;
	$rows = $wpdb->get_results( $wpdb->prepare( "SELECT option_name, option_value FROM $wpdb->options WHERE option_name LIKE %s LIMIT 1000", $wpdb->esc_like( READMORE_GONE ) . '%' ) );
	return wp_list_pluck( $rows, 'option_value', 'option_name' );
}

/** The ids of posts that are still to be told, those that have waited longest first; all of them for -1. */
function readmore_waiting( $most ) {
	return get_posts( array( 'post_type' => 'any', 'post_status' => 'any', 'meta_key' => READMORE_WAITING, 'orderby' => 'meta_value_num', 'order' => 'ASC', 'numberposts' => $most, 'fields' => 'ids', 'cache_results' => false ) );
}

/** Notes all posts. How many there are. */
function readmore_queue_all() {
	$posts = get_posts( array( 'post_type' => readmore_settings()['types'], 'post_status' => 'publish', 'has_password' => false, 'numberposts' => -1, 'fields' => 'ids' ) );
	foreach ( $posts as $id ) {
		update_post_meta( $id, READMORE_WAITING, (string) microtime( true ) );
	}
	return count( $posts );
}

/** Tells what is waiting: what is gone first, then what is new, a batch at a time for up to twenty seconds. */
function readmore_tell() {
	$set = readmore_settings();
	if ( '' === $set['service'] || '' === $set['key'] || get_transient( 'readmore_telling' ) ) {
		return;
	}
	if ( function_exists( 'fastcgi_finish_request' ) ) {
		fastcgi_finish_request(); // the editor's page is complete; the rest is between two servers
	}
	set_transient( 'readmore_telling', 1, 60 ); // two requests that end at once would tell everything twice
	$until = time() + 20;
	do {
		$fine = readmore_tell_gone() && readmore_tell_new();
	} while ( $fine && time() < $until && ( readmore_gone() || readmore_waiting( 1 ) ) );
	delete_transient( 'readmore_telling' );
}

/** Takes out what is gone. False where the service does not answer. */
function readmore_tell_gone() {
	foreach ( readmore_gone() as $note => $address ) {
		$post = get_post( url_to_postid( $address ) );
		if ( $post && readmore_is_public( $post ) && get_permalink( $post ) === $address ) { // another post is there now
			delete_option( $note );
			continue;
		}
		$found = readmore_ask( 'GET', '/article?url=' . rawurlencode( $address ) );
		if ( null === $found ) {
			return false;
		}
		if ( isset( $found['id'] ) && null === readmore_ask( 'DELETE', '/article/' . rawurlencode( $found['id'] ) ) ) {
			return false;
		}
		delete_option( $note );
	}
	return true;
}

/** Sends a batch of what is new or changed. False where the service does not answer. */
function readmore_tell_new() {
	$records = array();
	$since   = array();
	foreach ( readmore_waiting( READMORE_BATCH ) as $id ) {
		$post         = get_post( $id );
		$since[ $id ] = get_post_meta( $id, READMORE_WAITING, true );
		if ( $post && readmore_is_public( $post ) ) {
			$records[ $id ] = readmore_record( $post );
			$known          = (string) get_post_meta( $id, READMORE_ADDRESS, true );
			if ( '' !== $known && $known !== $records[ $id ]['url'] ) {
				readmore_take_out( $known ); // it has moved, and would be there twice
			}
			update_post_meta( $id, READMORE_ADDRESS, $records[ $id ]['url'] ); // before it is sent: an answer may be lost
		} else {
			delete_post_meta( $id, READMORE_WAITING );
		}
	}
	$answer = $records ? readmore_send( $records ) : array();
	if ( null === $answer ) {
		return false;
	}
	if ( isset( $answer['error'] ) && count( $records ) > 1 ) { // one of them, or all together, is too much: one by one
		foreach ( $records as $id => $record ) {
			if ( null === readmore_send( array( $id => $record ) ) ) {
				return false;
			}
			readmore_told( $id, $record['url'], $since[ $id ] );
		}
		return true;
	}
	foreach ( $records as $id => $record ) {
		readmore_told( $id, $record['url'], $since[ $id ] );
	}
	return true;
}

/** Sends posts. What the service answers, see readmore_ask. */
function readmore_send( $records ) {
	$lines = '';
	foreach ( $records as $record ) {
		$lines .= wp_json_encode( $record, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE ) . "\n";
	}
	return readmore_ask( 'POST', '/articles', $lines, 'application/x-ndjson' );
}

/** Notes that a post was told as it was at the time `$since`; if it was changed meanwhile it goes on waiting, and is taken out if it is not public any more. */
function readmore_told( $id, $address, $since ) {
	wp_cache_delete( $id, 'posts' );
	$post = get_post( $id );
	if ( ! $post || ! readmore_is_public( $post ) ) {
		readmore_take_out( $address );
		delete_post_meta( $id, READMORE_ADDRESS );
	}
	delete_post_meta( $id, READMORE_WAITING, $since );
}

/** Asks the service. Its answer; an empty one where it has no such article or refuses what was sent; null where it should be asked again later. */
function readmore_ask( $method, $path, $body = null, $type = 'application/json' ) {
	$set     = readmore_settings();
	$headers = array( 'Authorization' => 'Bearer ' . $set['key'], 'Content-Type' => $type, 'Accept' => 'application/json' );
	// a service on this machine is what this is for, so not wp_safe_remote_request; no redirect is followed with the key
	$response = wp_remote_request( $set['service'] . '/api/v1' . $path, array( 'method' => $method, 'headers' => $headers, 'body' => $body, 'timeout' => 15, 'redirection' => 0 ) );
	$status   = is_wp_error( $response ) ? 0 : (int) wp_remote_retrieve_response_code( $response );
	$answer   = is_wp_error( $response ) ? array() : json_decode( wp_remote_retrieve_body( $response ), true );
	$answer   = is_array( $answer ) ? $answer : array();
	$message  = is_wp_error( $response ) ? $response->get_error_message() : ( $answer['error']['message'] ?? "it answered $status" );
	$later    = 0 === $status || 401 === $status || 403 === $status || 408 === $status || 429 === $status || $status >= 500;
	if ( $status >= 200 && $status < 300 ) {
		$message = $answer['refused'] ?? array() ? sprintf( '%d posts: %s', count( $answer['refused'] ), $answer['refused'][0]['reason'] ) : '';
	} elseif ( 404 === $status && 'article_not_found' === ( $answer['error']['code'] ?? '' ) ) {
		$message = '';
	} elseif ( ! $later && $status >= 300 && $status < 400 ) {
		$message = "it answered $status: give its final address";
		$later   = true;
	} elseif ( 404 === $status ) {
		$later = true; // not a readmore, or under another path
	}
	/* translators: an address, a message */
	update_option( READMORE_ERROR, $message ? sprintf( __( 'The service at %1$s did not take what it was told: %2$s', 'readmore' ), $set['service'], $message ) : '' );
	return $later ? null : $answer;
}

add_filter( 'cron_schedules', function ( $schedules ) {
	$schedules['readmore'] = array( 'interval' => 300, 'display' => __( 'Every five minutes', 'readmore' ) );
	return $schedules;
} );
add_action( 'readmore_tell', 'readmore_tell' );
register_activation_hook( __FILE__, function () {
	wp_next_scheduled( 'readmore_tell' ) || wp_schedule_event( time() + 300, 'readmore', 'readmore_tell' );
} );
register_deactivation_hook( __FILE__, function () {
	wp_clear_scheduled_hook( 'readmore_tell' );
} );

if ( defined( 'WP_CLI' ) && WP_CLI ) {
	WP_CLI::add_command( 'readmore send', function () {
		WP_CLI::log( readmore_queue_all() . ' posts' );
		do {
			$before = count( readmore_waiting( -1 ) );
			readmore_tell();
			$left = count( readmore_waiting( -1 ) );
		} while ( $left && $left < $before );
		$left ? WP_CLI::error( (string) get_option( READMORE_ERROR, '' ) ) : WP_CLI::success( 'all told' );
	} );
}

// --- what readers see ---------------------------------------------------------------------------------------------

add_action( 'wp_enqueue_scripts', function () {
	$set = readmore_settings();
	if ( $set['public'] && ( $set['block'] || $set['search'] ) ) {
		wp_enqueue_script( 'readmore-widgets', $set['public'] . '/widgets/readmore.js', array(), null, true );
	}
} );
add_filter( 'script_loader_tag', function ( $tag, $handle ) {
	return 'readmore-widgets' === $handle ? str_replace( ' src=', ' defer src=', $tag ) : $tag;
}, 10, 2 );

/** The block under a post, where one is shown on its own page. */
function readmore_under( $content ) {
	$set = readmore_settings();
	if ( ! $set['block'] || ! $set['public'] || ! is_singular( $set['types'] ) || ! in_the_loop() || ! is_main_query() || post_password_required() ) {
		return $content;
	}
	return $content . readmore_block();
}
add_filter( 'the_content', 'readmore_under', 20 );

/** The element of the block, for themes and as the shortcode [readmore]. */
function readmore_block() {
	$set = readmore_settings();
	return '<readmore-related service="' . esc_url( $set['public'] ) . '" url="' . esc_url( get_permalink() ) . '" items="' . (int) $set['items'] . '"></readmore-related>';
}
add_shortcode( 'readmore', 'readmore_block' );

/** The box around a search form: without JavaScript, or without the service, the form is what it was. */
function readmore_around_form( $form ) {
	$set = readmore_settings();
	return $set['search'] && $set['public'] ? '<readmore-search service="' . esc_url( $set['public'] ) . '">' . $form . '</readmore-search>' : $form;
}
add_filter( 'get_search_form', 'readmore_around_form', 20 );
add_filter( 'render_block_core/search', 'readmore_around_form', 20 );
